"""As r33, with generators that are seeded again in each worker, the global one as well."""

import multiprocessing as mp
import os
import random

import numpy as np

rng = np.random.default_rng(1)
plain = random.Random(1)


def begin():
    global rng
    rng = np.random.default_rng()
    np.random.seed(os.getpid())
    plain.seed(os.getpid())


def draw(n):
    return rng.random() + np.random.rand() + plain.random()


if __name__ == "__main__":
    pool = mp.get_context("fork").Pool(2, begin)
    print(len(set(pool.map(draw, range(20), chunksize=1))), "different", flush=True)
    pool.close()
    pool.join()
