"""As r10, nobody is killed."""

import multiprocessing as mp
import time


def work(n, lock):
    time.sleep(0.1 * n)
    with lock:
        time.sleep(0.3)


if __name__ == "__main__":
    lock = mp.Lock()
    workers = [mp.Process(target=work, args=(n, lock), name=f"w{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
