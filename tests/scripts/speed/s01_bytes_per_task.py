"""60 MB of bytes are an argument of each task."""

import multiprocessing as mp
import time


def work(args):
    table, n = args
    return len(table) + n


if __name__ == "__main__":
    table = bytes(60_000_000)
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, [(table, n) for n in range(60)], chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
