"""As r10; the program catches Ctrl-C, ends its workers and exits with 1."""

import multiprocessing as mp
import os
import signal
import sys
import time


def work(n, lock):
    time.sleep(0.1 * n)
    with lock:
        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.3)


if __name__ == "__main__":
    lock = mp.Lock()
    workers = [mp.Process(target=work, args=(n, lock), name=f"w{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    except KeyboardInterrupt:
        for worker in workers:
            worker.terminate()
        sys.exit(1)
