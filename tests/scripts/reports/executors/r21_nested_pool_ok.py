"""As r21, with ProcessPoolExecutor outside: its workers may have children."""

import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor


def inner(n):
    return n * 2


def outer(n):
    with mp.Pool(2) as pool:
        return sum(pool.map(inner, range(n)))


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(list(pool.map(outer, range(4))), flush=True)
