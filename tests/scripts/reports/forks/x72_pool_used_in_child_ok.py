"""The child makes a pool of its own."""

import multiprocessing as mp


def square(n):
    return n * n


def child():
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(square, range(4)), flush=True)


if __name__ == "__main__":
    fork = mp.get_context("fork")
    p = fork.Process(target=child, name="child")
    p.start()
    p.join()
