"""SIGCHLD is ignored: the kernel reaps the children itself, and is_alive() stays true for ever."""

import multiprocessing as mp
import signal
import time


def work():
    time.sleep(0.2)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    worker = mp.get_context("fork").Process(target=work)
    worker.start()
    while worker.is_alive():
        time.sleep(0.05)
    print("ended", worker.exitcode, flush=True)
