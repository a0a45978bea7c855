"""A task submits to the executor it runs in (inherited by fork) and waits for the result: never."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def leaf(n):
    return n + 1


def tree(n):
    return pool.submit(leaf, n).result()


pool = ProcessPoolExecutor(2, multiprocessing.get_context("fork"))

if __name__ == "__main__":
    print(pool.submit(tree, 1).result(), flush=True)
