"""Four ways of using processes, for tests/benchmarks/overhead.py. Usage: workload.py sorters|forks|spawns|tasks"""

import multiprocessing as mp
import random
import sys


def sorts():
    sorted(random.random() for _ in range(2_000_000))


def nothing():
    pass


def identity(x):
    return x


def run_together(context, target, count):
    processes = [context.Process(target=target) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def main(name):
    if name == "sorters":
        run_together(mp.get_context("fork"), sorts, 4)
    elif name == "forks":
        for _ in range(20):
            run_together(mp.get_context("fork"), nothing, 10)
    elif name == "spawns":
        for _ in range(25):
            run_together(mp.get_context("spawn"), nothing, 2)
    elif name == "tasks":
        with mp.get_context("fork").Pool(2) as pool:
            assert sum(pool.map(identity, range(100_000), chunksize=1)) == 4_999_950_000


if __name__ == "__main__":
    main(sys.argv[1])
