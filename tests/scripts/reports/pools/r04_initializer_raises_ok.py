"""As r04 with an initializer that works."""

import multiprocessing as mp


def connect():
    global db
    db = {}


def work(n):
    return n + 1


if __name__ == "__main__":
    with mp.Pool(2, initializer=connect) as pool:
        print(pool.map(work, range(4)), flush=True)
