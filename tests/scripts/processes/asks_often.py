"""Looks after its workers in turn so often that its journal has to grow, where it cannot: ``asks_often.py limit``,
``asks_often.py deleted FILE``: waits until that file is there."""

import multiprocessing
import os
import sys
import time

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    # Two in turn: the same answer of one again and again would only be counted.
    workers = [multiprocessing.Process(target=time.sleep, args=(30,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    if sys.argv[1] == "limit":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    else:
        print("delete it", flush=True)
        until = time.monotonic() + 20
        while not os.path.exists(sys.argv[2]) and time.monotonic() < until:
            time.sleep(0.01)
    asked = sum(workers[number % 2].is_alive() for number in range(3000))
    for worker in workers:
        worker.terminate()
        worker.join()
    print(f"asked {asked} times")
