"""One worker goes into the group of processes whose list is the first argument, and takes more memory than that has; another
one does not."""

import multiprocessing
import os
import sys
import time


def hungry(group: str) -> None:
    """Take a gigabyte, bit by bit, and slowly enough to be looked at meanwhile."""
    with open(group, "w") as file:
        file.write(str(os.getpid()))
    print("hungry", flush=True)
    kept = []
    for _ in range(1 << 10):
        kept.append(bytearray(os.urandom(1 << 10) * (1 << 10)))
        time.sleep(0.02)
    print("had", len(kept), flush=True)


def modest() -> None:
    """Say so."""
    print("modest", flush=True)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    workers = [
        fork.Process(target=hungry, args=sys.argv[1:], name="hungry"),
        fork.Process(target=modest, name="modest"),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print([worker.exitcode for worker in workers], flush=True)
