"""One of three parties of a Barrier ends before it comes there; the other two wait for ever."""

import multiprocessing as mp
import time


def step(n, barrier):
    time.sleep(0.1 * n)
    if n == 2:
        raise ValueError("no data for step 2")
    barrier.wait()


if __name__ == "__main__":
    barrier = mp.Barrier(3)
    workers = [mp.Process(target=step, args=(n, barrier), name=f"step-{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
