"""As r44, with a thread in the parent that wakes up once a second (a heartbeat, a progress bar)."""

import multiprocessing as mp


def consume(queue):
    while queue.get() is not None:
        pass


if __name__ == "__main__":
    import threading
    import time as clock

    def heartbeat():
        while True:
            clock.sleep(1)

    threading.Thread(target=heartbeat, daemon=True).start()
    queue = mp.Queue()
    consumers = [mp.Process(target=consume, args=(queue,), name=f"consumer-{n}") for n in range(3)]
    for consumer in consumers:
        consumer.start()
    for item in range(20):
        queue.put(item)
    queue.put(None)
    for consumer in consumers:
        consumer.join()
    print("done", flush=True)
