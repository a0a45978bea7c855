"""A Pool that is ended in the way that the argument names; and one of threads, which needs no end."""

import gc
import multiprocessing as mp
import sys
from multiprocessing.pool import ThreadPool


def square(n: int) -> int:
    """A task."""
    return n * n


if __name__ == "__main__":
    way = sys.argv[1]
    threads = ThreadPool(1)
    pool = mp.Pool(2)
    print(pool.map(square, range(4)), flush=True)
    if way == "close":
        pool.close()
        pool.join()
    elif way == "terminate":
        pool.terminate()
    elif way == "with":
        with pool:
            pass
    elif way == "forget":
        del pool
        gc.collect()
