"""Workers that still do something after their target function returned: sleep, print, and start a process."""

import multiprocessing as mp
import sys
import time
from multiprocessing import util


def later():
    print("later", flush=True)


def at_the_end():
    time.sleep(0.2)
    print("at the end", flush=True)
    last = mp.get_context("fork").Process(target=later, name="later")
    last.start()
    last.join()


def work():
    util.Finalize(None, at_the_end, exitpriority=10)


if __name__ == "__main__":
    worker = mp.get_context(sys.argv[1]).Process(target=work, name="worker")
    worker.start()
    worker.join()
    print("code", worker.exitcode, flush=True)
