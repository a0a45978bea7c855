"""A task returns early."""

import multiprocessing as mp


def work(n):
    if n == 2:
        return None
    return n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, range(5), chunksize=1), flush=True)
