"""A new executor for each call."""

import multiprocessing as mp
import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    return sum(range(n))


if __name__ == "__main__":
    context = mp.get_context("spawn")
    began = time.perf_counter()
    for _ in range(14):
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            pool.submit(work, 1000).result()
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
