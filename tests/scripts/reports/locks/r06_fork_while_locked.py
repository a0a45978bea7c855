"""A thread holds a lock (say, of a logger or a cache) at the moment of fork: the child waits for it for ever."""

import multiprocessing as mp
import threading
import time

cache_lock = threading.Lock()


def refresh_for_ever():
    while True:
        with cache_lock:
            time.sleep(0.3)
        time.sleep(0.001)


def child():
    with cache_lock:
        print("child has the cache", flush=True)


if __name__ == "__main__":
    threading.Thread(target=refresh_for_ever, daemon=True).start()
    time.sleep(0.1)
    worker = mp.get_context("fork").Process(target=child)
    worker.start()
    worker.join()
    print("done", flush=True)
