"""start() and join() in one loop."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def work(n):
    burn(0.4)


if __name__ == "__main__":
    began = time.perf_counter()
    for n in range(6):
        worker = mp.Process(target=work, args=(n,))
        worker.start()
        worker.join()
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
