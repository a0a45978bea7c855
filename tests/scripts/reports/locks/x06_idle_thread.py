"""As r06, but the thread that held the lock ended: nothing in the parent moves."""

import multiprocessing as mp
import threading
import time

cache_lock = threading.Lock()


def refresh():
    with cache_lock:
        time.sleep(0.5)


def child():
    with cache_lock:
        print("child has the cache", flush=True)


if __name__ == "__main__":
    threading.Thread(target=refresh).start()
    time.sleep(0.1)
    worker = mp.get_context("fork").Process(target=child)
    worker.start()
    worker.join()
    print("done", flush=True)
