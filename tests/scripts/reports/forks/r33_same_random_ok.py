"""As r33, with a generator of its own in each worker."""

import multiprocessing as mp

import numpy as np


def draw(queue):
    queue.put(int(np.random.default_rng().integers(1_000_000)))


if __name__ == "__main__":
    queue = mp.SimpleQueue()
    workers = [mp.Process(target=draw, args=(queue,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(len({queue.get() for _ in workers}), "different", flush=True)
