"""apply() in a loop."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.1)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(4) as pool:
        results = [pool.apply(work, (n,)) for n in range(25)]
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
