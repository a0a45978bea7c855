"""As r07, with a thread in the parent that wakes up once a second (a heartbeat, a progress bar)."""

import multiprocessing as mp


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    import threading
    import time as clock

    def heartbeat():
        while True:
            clock.sleep(1)

    threading.Thread(target=heartbeat, daemon=True).start()
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    worker.join()
    print(len(queue.get()), flush=True)
