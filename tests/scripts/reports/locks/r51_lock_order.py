"""Two processes take two Locks in opposite order."""

import multiprocessing as mp
import time


def transfer(first, second):
    with first:
        time.sleep(0.3)
        with second:
            pass


if __name__ == "__main__":
    a, b = mp.Lock(), mp.Lock()
    workers = [
        mp.Process(target=transfer, args=pair, name=name) for pair, name in (((a, b), "a-to-b"), ((b, a), "b-to-a"))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
