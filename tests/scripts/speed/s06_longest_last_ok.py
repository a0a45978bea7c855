"""As s06, healthy."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(seconds):
    burn(seconds)
    return seconds


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, [2.5] + [0.1] * 30, chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
