"""A task calls sys.exit(): its worker ends with exit code 0, and its result never comes."""

import multiprocessing as mp
import sys


def work(n):
    if n == 2:
        sys.exit()
    return n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, range(5), chunksize=1), flush=True)
