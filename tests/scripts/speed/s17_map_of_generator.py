"""map() takes a slow generator whole before the first task."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def produce():
    began = time.perf_counter()
    for n in range(50):
        burn(0.05)
        yield n
    print(f"produced {time.perf_counter() - began:.2f} s", flush=True)


def work(n):
    burn(0.03)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, produce(), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
