"""Tasks of a ThreadPool call map() of the same pool."""

from multiprocessing.pool import ThreadPool

pool = ThreadPool(2)


def leaf(n):
    return n * n


def branch(n):
    return sum(pool.map(leaf, range(n)))


if __name__ == "__main__":
    print(pool.map(branch, range(1, 5)), flush=True)
