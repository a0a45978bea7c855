"""A script with a Dask cluster of its own: two workers with two threads each.

Usage: own_cluster.py COUNT [DEATHS]. COUNT tasks return, one raises, and one has a key of its own. With DEATHS, one more
task kills each worker that it comes to, until Dask gives it up after so many. What the tasks know of themselves is printed:
a line with the pid for each that returned.
"""

import os
import signal
import sys
import time

import dask
from distributed import Client, LocalCluster


def square(number):
    time.sleep(0.003)
    return os.getpid()


def breaks(number):
    time.sleep(0.003)
    raise ValueError(f"no {number}")


def kills(number):
    os.kill(os.getpid(), signal.SIGKILL)


def main(count, deaths=0):
    dask.config.set({"distributed.scheduler.allowed-failures": deaths - 1})
    with (
        LocalCluster(n_workers=2, threads_per_worker=2, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        for pid in client.gather(client.map(square, range(count))):
            print("ran in", pid)
        print("ran in", client.submit(square, 1000, key="by-hand").result())
        print("raised", client.submit(breaks, 3).exception())
        if deaths:
            print("gave up", type(client.submit(kills, 1).exception()).__name__)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
