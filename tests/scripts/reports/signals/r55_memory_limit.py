"""One worker takes more and more memory until it may have no more (the limit stands for the container's)."""

import multiprocessing as mp
import resource
import time


def work(n):
    if n == 3:
        hog = []
        while True:
            hog.append(bytearray(20_000_000))
            time.sleep(0.02)
    time.sleep(0.1)
    return n


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    with mp.Pool(2) as pool:
        print(pool.map(work, range(6), chunksize=1), flush=True)
