"""A dict of a Manager in the inner loop."""

import multiprocessing as mp
import time


def work(shared, number):
    for n in range(8_000):
        shared[number] = shared.get(number, 0) + n


if __name__ == "__main__":
    with mp.Manager() as manager:
        shared = manager.dict()
        began = time.perf_counter()
        workers = [mp.Process(target=work, args=(shared, n)) for n in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
