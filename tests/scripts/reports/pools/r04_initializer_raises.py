"""The Pool's initializer raises: each worker dies at once and is replaced, for ever; map() never returns."""

import multiprocessing as mp
import os


def connect():
    open(os.path.join("/nonexistent-config", "db.ini"))


def work(n):
    return n + 1


if __name__ == "__main__":
    with mp.Pool(2, initializer=connect) as pool:
        print(pool.map(work, range(4)), flush=True)
