"""Each worker loads its model in the initializer."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def load():
    global model
    began = time.perf_counter()
    burn(0.8)
    model = {}
    print(f"load {time.perf_counter() - began:.2f} s", flush=True)


def work(n):
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(4, initializer=load) as pool:
        pool.map(work, range(16), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
