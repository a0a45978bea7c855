"""Work above the main guard, done again by each spawned worker."""

import multiprocessing as mp
import time

_began = time.perf_counter()
TABLE = {n: str(n) * 3 for n in range(1_500_000)}  # above the main guard: each worker makes it again
print(f"module {time.perf_counter() - _began:.2f} s", flush=True)


def work(n):
    return len(str(n))


if __name__ == "__main__":
    mp.set_start_method("spawn")
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, range(16), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
