"""The lock is held for short."""

import multiprocessing as mp
import time


def retry(lock):
    with lock:
        pass
    time.sleep(1)


def store(lock, n):
    time.sleep(0.3)
    with lock:
        print("stored", n, flush=True)


if __name__ == "__main__":
    lock = mp.Lock()
    workers = [mp.Process(target=retry, args=(lock,), name="retry")]
    workers += [mp.Process(target=store, args=(lock, n), name=f"store-{n}") for n in range(3)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
