"""The same with an executor."""

import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    return n * n


if __name__ == "__main__":
    began = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        sum(pool.map(work, range(12_000)))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
