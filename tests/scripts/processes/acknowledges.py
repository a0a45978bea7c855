"""Starts and joins one worker after another without an end, and says each time how many that makes."""

import itertools
import multiprocessing


def work() -> None:
    """Nothing."""


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    for number in itertools.count(1):
        process = fork.Process(target=work)
        process.start()
        process.join()
        print(number, flush=True)
