"""maxtasksperchild=1 with spawn and tiny tasks: nearly all the time goes into starting interpreters."""

import multiprocessing as mp
import time


def work(n):
    return n


if __name__ == "__main__":
    mp.set_start_method("spawn")
    began = time.perf_counter()
    with mp.Pool(2, maxtasksperchild=1) as pool:
        pool.map(work, range(30), chunksize=1)
    print(f"{time.perf_counter() - began:.1f} s", flush=True)
