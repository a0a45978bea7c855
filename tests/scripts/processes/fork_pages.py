"""Forks workers that do nothing, and prints how many page faults each of them took in its parent and in itself."""

import multiprocessing as mp
import random  # noqa: F401 - where it is loaded, each fork looks for generators
import resource

FORKS = 60


def nothing():
    pass


def fork_some(context):
    processes = [context.Process(target=nothing) for _ in range(FORKS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [resource.getrusage(who).ru_minflt for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


if __name__ == "__main__":
    fork = mp.get_context("fork")
    parent_before, children_before = fork_some(fork)
    parent, children = fork_some(fork)
    print((parent - parent_before) / FORKS, (children - children_before) / FORKS)
