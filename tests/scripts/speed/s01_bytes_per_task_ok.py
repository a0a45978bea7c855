"""As s01, healthy."""

import multiprocessing as mp
import time


def work(n):
    return len(table) + n


if __name__ == "__main__":
    mp.set_start_method("fork")
    table = bytes(60_000_000)
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        for _ in range(6):
            pool.map(work, range(60), chunksize=1)
            time.sleep(0.2)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
