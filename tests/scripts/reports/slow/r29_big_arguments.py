"""The whole data set is an argument of each task: pickling in the parent takes all the time, workers are idle."""

import multiprocessing as mp
import time


def work(args):
    table, n = args
    return len(table[n])


if __name__ == "__main__":
    table = {n: [str(n)] * 30 for n in range(60_000)}
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, [(table, n) for n in range(24)], chunksize=1)
    print(f"{time.perf_counter() - began:.1f} s", flush=True)
