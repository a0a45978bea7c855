"""As r10, with a Manager."""

import multiprocessing as mp
import os
import signal
import time


def work(n, lock):
    time.sleep(0.1 * n)
    with lock:
        if n == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.3)


if __name__ == "__main__":
    manager = mp.Manager()
    settings = manager.dict(depth=3)
    lock = mp.Lock()
    workers = [mp.Process(target=work, args=(n, lock), name=f"w{n}") for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
