"""What a Dask cluster of two workers with two threads each can do with tasks: ``all_kinds.py ADDRESS``.

One task is tried again, a result is fetched by the other worker, pairs of tasks run at the same time, and results are written
to disk where memory is limited to 600 MB. Prints what the cluster and the tasks know of it themselves, as JSON.
"""

import json
import sys
import threading
import time

from dask.sizeof import sizeof
from distributed import Client, get_worker

BIG = 40_000_000


def fails_once():
    worker = get_worker()
    worker.tries = getattr(worker, "tries", 0) + 1
    if worker.tries == 1:
        raise ValueError("the first time")


def made(size):
    return bytes(size)


def taken(data):
    return sizeof(data)


def paired(number):
    began = time.perf_counter_ns()
    time.sleep(0.3)
    return get_worker().address, threading.get_ident(), began, time.perf_counter_ns()


def written(dask_worker):
    return int(dask_worker.data.cumulative_metrics["disk-write", "count"])


def main():
    with Client(sys.argv[1]) as client:
        client.wait_for_workers(2)
        one, other = sorted(client.nthreads())
        before = client.run(written)
        client.submit(fails_once, key="tried", retries=1, workers=[one]).result()
        data = client.submit(made, 5_000_000, key="fetched", workers=[one])
        size = client.submit(taken, data, key="fetches", workers=[other]).result()
        pairs = client.gather(client.map(paired, range(8), pure=False, workers=[other]))
        kept = client.map(made, [BIG + number for number in range(10)], pure=False, workers=[one])
        client.submit(sum, [], workers=[one], key="after").result()
        client.gather([client.submit(taken, each, pure=False, workers=[one]) for each in kept])
        after = client.run(written)
        said = {"size": size, "sender": one, "receiver": other, "pairs": pairs}
        print(json.dumps({**said, "writes": {worker: after[worker] - before[worker] for worker in after}}), flush=True)


if __name__ == "__main__":
    main()
