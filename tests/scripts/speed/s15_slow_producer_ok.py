"""As s15, healthy."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.06)  # decodes in the worker
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(4) as pool:
        for _ in pool.imap_unordered(work, range(60)):
            pass
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
