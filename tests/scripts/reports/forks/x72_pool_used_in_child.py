"""A Pool of the parent is used in a forked child, where its threads do not exist: map() waits for ever."""

import multiprocessing as mp


def square(n):
    return n * n


def child(pool):
    print(pool.map(square, range(4)), flush=True)


if __name__ == "__main__":
    fork = mp.get_context("fork")
    pool = fork.Pool(2)
    print(pool.map(square, range(4)), flush=True)
    p = fork.Process(target=lambda: child(pool), name="child")
    p.start()
    p.join()
    pool.close()
    pool.join()
