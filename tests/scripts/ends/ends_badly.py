"""One worker for each way to end, and one that does not notice: ``ends_badly.py METHOD``."""

import multiprocessing
import os
import signal
import sys
import time


def exhaust() -> None:
    """More memory than is allowed."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    bytearray(1 << 34)


WAYS = {
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exits": lambda: os._exit(7),
    "memory": exhaust,
    "aborts": os.abort,
    "terminated": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "lives": lambda: time.sleep(0.5),
}


def work(way: str) -> None:
    """End in one way."""
    WAYS[way]()


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    workers = [multiprocessing.Process(target=work, args=(way,), name=way) for way in WAYS]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("joined all")
