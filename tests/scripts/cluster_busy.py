"""Tasks for a Dask cluster that compute: ``cluster_busy.py ADDRESS COUNT SECONDS``, SECONDS of CPU time each."""

import sys
import time

from distributed import Client


def busy(number, seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    return number


def main():
    address, count, seconds = sys.argv[1:]
    with Client(address) as client:
        client.gather(client.map(busy, range(int(count)), seconds=float(seconds), pure=False))


if __name__ == "__main__":
    main()
