"""Each task returns 80 MB."""

import multiprocessing as mp
import time


def work(n):
    return bytes(80_000_000)


if __name__ == "__main__":
    began = time.perf_counter()
    total = 0
    with mp.Pool(2) as pool:
        for one in pool.imap_unordered(work, range(40)):
            total += len(one)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
