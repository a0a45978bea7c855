"""As s09, healthy."""

import multiprocessing as mp
import time


def work(n):
    return len(str(n))


if __name__ == "__main__":
    TABLE = {n: str(n) * 3 for n in range(1_500_000)}
    mp.set_start_method("spawn")
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, range(16), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
