"""One of the inputs sends its worker into an endless loop; map() waits for it, all other workers are idle."""

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
        print(pool.map(parse, [2, 4, 6, 7, 8, 10], chunksize=1), flush=True)
