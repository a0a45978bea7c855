"""Asks is_alive() so often that its journal has to grow, where it cannot: ``asks_often.py limit|deleted``."""

import multiprocessing
import sys
import time

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    worker = multiprocessing.Process(target=time.sleep, args=(30,))
    worker.start()
    if sys.argv[1] == "limit":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    else:
        print("delete it", flush=True)
        time.sleep(0.3)
    asked = sum(worker.is_alive() for _ in range(3000))
    worker.terminate()
    worker.join()
    print(f"asked {asked} times")
