"""A hundred threads are in the middle of a task when their process is killed; a ThreadPool's worker is, too."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path

THREADS = 100


def waits(barrier):
    barrier.wait()
    time.sleep(3600)


if __name__ == "__main__":
    barrier = threading.Barrier(THREADS + 2)
    executor, pool = ThreadPoolExecutor(THREADS), ThreadPool(1)
    for _ in range(THREADS):
        executor.submit(waits, barrier)
    pool.apply_async(waits, (barrier,))
    barrier.wait()
    while not Path(sys.argv[1]).exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
