"""SIGCHLD is left alone."""

import multiprocessing as mp
import time


def work():
    time.sleep(0.2)


if __name__ == "__main__":
    worker = mp.get_context("fork").Process(target=work)
    worker.start()
    while worker.is_alive():
        time.sleep(0.05)
    print("ended", worker.exitcode, flush=True)
