"""The results are read first."""

import multiprocessing as mp
import time


def work(results):
    for n in range(200):
        results.put(str(n) * 4000)


if __name__ == "__main__":
    results = mp.Queue()
    worker = mp.Process(target=work, args=(results,), name="worker")
    worker.start()
    print(len([results.get() for _ in range(200)]), flush=True)
    while worker.exitcode is None:
        time.sleep(0.05)
