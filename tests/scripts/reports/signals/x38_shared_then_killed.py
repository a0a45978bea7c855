"""Ten workers share one array of 2.3 GB through fork (one copy in memory); one of them is killed by somebody."""

import multiprocessing as mp
import os
import signal
import time

import numpy as np


def scan(n):
    time.sleep(1.5 if n else 1)
    if n == 0:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    records = np.ones(290_000_000)
    free = [line for line in open("/proc/meminfo") if line.startswith("MemAvailable")][0].split()[1]
    workers = [mp.Process(target=scan, args=(n,), name=f"scan-{n}") for n in range(10)]
    for worker in workers:
        worker.start()
    time.sleep(0.7)
    now = [line for line in open("/proc/meminfo") if line.startswith("MemAvailable")][0].split()[1]
    print(f"the ten workers took {(int(free) - int(now)) // 1024} MB together", flush=True)
    for worker in workers:
        worker.join()
