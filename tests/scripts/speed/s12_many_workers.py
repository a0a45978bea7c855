"""Sixteen workers, whatever the number of cores."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.1)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(16) as pool:
        pool.map(work, range(48), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
