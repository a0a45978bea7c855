"""All tasks of a Pool under one Lock."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def begin(given):
    global lock
    lock = given


def work(n):
    with lock:
        burn(0.08)
    return n


if __name__ == "__main__":
    lock = mp.Lock()
    began = time.perf_counter()
    with mp.Pool(4, initializer=begin, initargs=(lock,)) as pool:
        pool.map(work, range(40), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
