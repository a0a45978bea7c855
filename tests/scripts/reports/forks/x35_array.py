"""As r35, with an item of an Array, in workers of a Pool that spawn started."""

import multiprocessing as mp
import time


def begin(shared, both_are_here):
    global counts
    counts = shared
    both_are_here.wait()


def count(n):
    time.sleep(0.02)
    for _ in range(5_000):
        counts[0] = counts[0] + 1


if __name__ == "__main__":
    context = mp.get_context("spawn")
    counts = context.Array("i", 2)
    with context.Pool(2, begin, (counts, context.Barrier(2))) as pool:
        pool.map(count, range(8), chunksize=1)
    print("lost" if counts[0] < 40_000 else "complete", flush=True)
