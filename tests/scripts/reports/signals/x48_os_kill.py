"""The parent ends its worker with os.kill(), as a watchdog does."""

import multiprocessing as mp
import os
import signal
import sys
import time


def work():
    time.sleep(60)


if __name__ == "__main__":
    worker = mp.Process(target=work, name="slow")
    worker.start()
    time.sleep(0.5)
    os.kill(worker.pid, getattr(signal, sys.argv[1]))
    worker.join()
    print(worker.exitcode, flush=True)
