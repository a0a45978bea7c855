"""As s11, healthy."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(shared, number):
    total = 0
    for n in range(15):
        burn(0.05)
        total += n
    shared[number] = total


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
