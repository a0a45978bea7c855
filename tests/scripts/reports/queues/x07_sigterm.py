"""As r07, with a handler for SIGTERM in the parent (as web servers and job runners have)."""

import multiprocessing as mp


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    import signal as sig

    sig.signal(sig.SIGTERM, lambda number, frame: None)
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    worker.join()
    print(len(queue.get()), flush=True)
