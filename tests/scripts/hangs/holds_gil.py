"""A worker inside one long call into C, with a thread beside it that would like to run."""

import multiprocessing
import random
import threading
import time


def work() -> None:
    """Sort: no other thread of this process runs meanwhile."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    numbers = [random.random() for _ in range(300_000)] * 20
    print("sorting", flush=True)
    while True:
        sorted(numbers)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    worker = multiprocessing.Process(target=work)
    worker.start()
    worker.join()
