"""Starts processes in steps, and waits for a file in between: the test damages the record of the run meanwhile."""

import multiprocessing as mp
import os
import sys
import time


def child(at):
    print("child", at, flush=True)


def await_file(path):
    until = time.monotonic() + 30
    while not os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.01)


if __name__ == "__main__":
    for at in range(3):
        process = mp.get_context("fork").Process(target=child, args=(at,))
        process.start()
        process.join()
        print("joined", at, process.exitcode, flush=True)
        if at == 0:
            await_file(sys.argv[1])
    process = mp.get_context("spawn").Process(target=child, args=(3,))
    process.start()
    process.join()
    print("joined", 3, process.exitcode, flush=True)
    sys.exit(5)
