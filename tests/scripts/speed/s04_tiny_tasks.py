"""imap_unordered() of 60,000 tiny tasks without a chunksize."""

import multiprocessing as mp
import time


def work(n):
    return n * n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        sum(pool.imap_unordered(work, range(60_000)))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
    began = time.perf_counter()
    sum(map(work, range(60_000)))
    print(f"serial {time.perf_counter() - began:.3f} s", flush=True)
