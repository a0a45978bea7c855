"""As r57, no bad input."""

import multiprocessing as mp
import time


def parse(n):
    left = n
    while left != 0:
        left -= 2
    time.sleep(0.05)
    return n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(parse, [2, 4, 6, 12, 8, 10], chunksize=1), flush=True)
