"""A Pool worker is killed (as the OOM killer does) in the middle of a task: map() never returns."""

import multiprocessing as mp
import os
import signal
import time


def work(n):
    time.sleep(0.2)
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, range(6), chunksize=1), flush=True)
