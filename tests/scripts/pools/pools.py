"""Every way of giving tasks to a multiprocessing.Pool, one of them failing."""

import multiprocessing as mp
import sys
from functools import partial


def square(x):
    if x == 13:
        raise ValueError("thirteen")
    return x * x


def add(a, b):
    return a + b


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    with mp.Pool(2) as pool:
        print(pool.apply(square, (2,)), pool.apply_async(square, (3,)).get())
        print(pool.map(partial(add, 1), range(4), chunksize=1), pool.map_async(square, [5], chunksize=1).get())
        print(list(pool.imap(square, [6, 7])), sorted(pool.imap_unordered(square, [8, 9])))
        print(pool.starmap(add, [(1, 2), (3, 4)]), pool.starmap_async(add, [(5, 6)]).get())
        try:
            pool.map(square, [13])
        except ValueError as error:
            print("error", error)
        pool.close()
        pool.join()
