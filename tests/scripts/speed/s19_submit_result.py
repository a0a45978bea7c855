"""submit().result() in a loop."""

import time
from concurrent.futures import ProcessPoolExecutor


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.1)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with ProcessPoolExecutor(4) as pool:
        results = []
        for n in range(25):
            future = pool.submit(work, n)
            results.append(future.result())
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
