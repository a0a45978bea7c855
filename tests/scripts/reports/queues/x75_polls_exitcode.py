"""The program asks exitcode in a loop for a process that cannot end before its Queue is read."""

import multiprocessing as mp
import time


def work(results):
    for n in range(200):
        results.put(str(n) * 4000)


if __name__ == "__main__":
    results = mp.Queue()
    worker = mp.Process(target=work, args=(results,), name="worker")
    worker.start()
    while worker.exitcode is None:
        time.sleep(0.05)
    print([results.get() for _ in range(200)][:1], flush=True)
