"""As r01, but nobody is killed: healthy."""

import multiprocessing as mp
import time


def work(n):
    time.sleep(0.2)
    return n * n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, range(6), chunksize=1), flush=True)
