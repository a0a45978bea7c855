"""Forked workers inherit the state of a random generator: all of them draw the same "random" numbers."""

import multiprocessing as mp

import numpy as np

rng = np.random.default_rng()


def draw(queue):
    queue.put(int(rng.integers(1_000_000)))


if __name__ == "__main__":
    queue = mp.SimpleQueue()
    workers = [mp.Process(target=draw, args=(queue,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(len({queue.get() for _ in workers}), "different", flush=True)
