"""As s04, healthy."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.002)
    return n * n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        sum(pool.imap_unordered(work, range(1500), chunksize=50))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
