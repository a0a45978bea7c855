"""Every worker does its whole work under one Lock: four processes, no gain."""

import multiprocessing as mp
import time


def work(lock):
    for _ in range(5):
        with lock:
            end = time.process_time() + 0.1
            while time.process_time() < end:
                pass


if __name__ == "__main__":
    lock = mp.Lock()
    began = time.perf_counter()
    workers = [mp.Process(target=work, args=(lock,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"{time.perf_counter() - began:.1f} s", flush=True)
