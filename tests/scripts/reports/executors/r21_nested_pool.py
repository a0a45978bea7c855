"""A Pool inside a Pool worker: daemonic processes are not allowed to have children."""

import multiprocessing as mp


def inner(n):
    return n * 2


def outer(n):
    with mp.Pool(2) as pool:
        return sum(pool.map(inner, range(n)))


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(outer, range(4)), flush=True)
