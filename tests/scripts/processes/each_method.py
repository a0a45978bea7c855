"""A worker of each start method, and an executor with two tasks."""

import multiprocessing as mp
import sys
from concurrent.futures import ProcessPoolExecutor


def work():
    print("work", flush=True)


def double(number):
    return 2 * number


if __name__ == "__main__":
    print("begun early:", getattr(sys, "begun_early", 0), flush=True)
    for method in ("fork", "spawn", "forkserver"):
        worker = mp.get_context(method).Process(target=work, name=method)
        worker.start()
        worker.join()
    with ProcessPoolExecutor(1, mp_context=mp.get_context("fork")) as pool:
        print(list(pool.map(double, range(2))), flush=True)
