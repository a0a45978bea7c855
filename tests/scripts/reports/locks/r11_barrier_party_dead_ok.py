"""As r11, all three come."""

import multiprocessing as mp
import time


def step(n, barrier):
    time.sleep(0.1 * n)
    barrier.wait()


if __name__ == "__main__":
    barrier = mp.Barrier(3)
    workers = [mp.Process(target=step, args=(n, barrier), name=f"step-{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
