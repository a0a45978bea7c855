"""apply_async() in a `with Pool`, get() after it: the pool was terminated, the result never comes."""

import multiprocessing as mp
import time


def work(n):
    time.sleep(1)
    return n


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        job = pool.apply_async(work, (7,))
    print(job.get(), flush=True)
