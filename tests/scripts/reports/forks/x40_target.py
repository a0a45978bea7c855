"""As r40, in a Process, whose target leaves so to skip what other threads or libraries do at exit."""

import multiprocessing as mp
import os


def work(n):
    print("partial result", n)
    os._exit(0)


if __name__ == "__main__":
    worker = mp.Process(target=work, args=(7,))
    worker.start()
    worker.join()
    print("parent done", worker.exitcode, flush=True)
