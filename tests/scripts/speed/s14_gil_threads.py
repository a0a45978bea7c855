"""A ThreadPoolExecutor for Python code."""

import time
from concurrent.futures import ThreadPoolExecutor


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.1)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(32)))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
