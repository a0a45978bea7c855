"""As s07, healthy."""

import multiprocessing as mp
import time


def work(n):
    return sum(range(n))


if __name__ == "__main__":
    mp.set_start_method("spawn")
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        for _ in range(12):
            pool.map(work, range(1000, 1016))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
