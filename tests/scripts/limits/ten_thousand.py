"""Goes into the group of processes whose list is the first argument, which allows far fewer, and starts 10,000 workers."""

import multiprocessing
import os
import sys
import time

if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        file.write(str(os.getpid()))
    multiprocessing.set_start_method("fork")
    started = 0
    try:
        for _ in range(10_000):
            multiprocessing.Process(target=time.sleep, args=(60,), daemon=True).start()
            started += 1
    finally:
        print("started", started, flush=True)
