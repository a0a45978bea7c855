"""A callback releases what the program waits for, but is not called for tasks that raise."""

import multiprocessing as mp
import threading


def convert(n):
    if n in (1, 3):
        raise ValueError(f"cannot convert {n}")
    return n


if __name__ == "__main__":
    slots = threading.BoundedSemaphore(2)
    with mp.Pool(2) as pool:
        for n in range(8):
            slots.acquire()
            pool.apply_async(convert, (n,), callback=lambda result: slots.release())
        pool.close()
        pool.join()
