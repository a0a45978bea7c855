"""As r33 with the global generator of numpy, in a Pool: its workers are forked with its state."""

import multiprocessing as mp
import time

import numpy as np

np.random.seed()


def draw(n):
    time.sleep(0.2)
    return np.random.rand(1000)[-1]


if __name__ == "__main__":
    with mp.get_context("fork").Pool(2) as pool:
        print(len(set(pool.map(draw, range(2), chunksize=1))), "different", flush=True)
