"""value += 1 under the lock of the Value, in the inner loop."""

import multiprocessing as mp
import time


def work(counter):
    for _ in range(150_000):
        with counter.get_lock():
            counter.value += 1


if __name__ == "__main__":
    counter = mp.Value("i", 0)
    began = time.perf_counter()
    workers = [mp.Process(target=work, args=(counter,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
