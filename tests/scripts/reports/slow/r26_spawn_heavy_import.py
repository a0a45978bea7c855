"""spawn with heavy imports at the top of the main module: each worker pays a second before it does 10 ms of work."""

import multiprocessing as mp
import time

import heavy_import  # noqa: F401


def work(n):
    time.sleep(0.01)
    return n


if __name__ == "__main__":
    mp.set_start_method("spawn")
    began = time.perf_counter()
    with mp.Pool(4) as pool:
        pool.map(work, range(16), chunksize=1)
    print(f"{time.perf_counter() - began:.1f} s", flush=True)
