"""A worker that dies at once, and leaves a fork that holds its sentinel: join(1) blocks for its whole second."""

import multiprocessing
import os
import time


def work() -> None:
    """Fork, and die while the fork sleeps."""
    if os.fork() == 0:
        time.sleep(2)
        os._exit(0)
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    worker = multiprocessing.Process(target=work)
    worker.start()
    began = time.monotonic()
    worker.join(1)
    print("blocked" if time.monotonic() - began > 0.9 else "returned", worker.exitcode)
