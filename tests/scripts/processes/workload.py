"""Four ways of using processes and one of using threads, for tests/benchmarks/overhead.py.

Usage: workload.py sorters|forks|spawns|tasks|threads [START METHOD]
"""

import concurrent.futures
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


def main(name, method):
    context = mp.get_context(method)
    if name == "sorters":
        run_together(context, sorts, 4)
    elif name == "forks":
        for _ in range(20):
            run_together(context, nothing, 10)
    elif name == "spawns":
        for _ in range(25):
            run_together(context, nothing, 2)
    elif name == "tasks":
        with context.Pool(2) as pool:
            assert sum(pool.map(identity, range(100_000), chunksize=1)) == 4_999_950_000
    elif name == "threads":
        with concurrent.futures.ThreadPoolExecutor(2) as executor:
            assert sum(executor.map(identity, range(100_000))) == 4_999_950_000


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "spawn" if sys.argv[1] == "spawns" else "fork")
