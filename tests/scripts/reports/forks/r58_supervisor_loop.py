"""A supervisor starts its server process again whenever it ends; it cannot even boot, so this goes on for ever."""

import multiprocessing as mp
import sys
import time


def serve():
    try:
        import fastapi_that_is_not_there  # noqa: F401
    except ImportError:
        sys.exit(3)


if __name__ == "__main__":
    while True:
        worker = mp.Process(target=serve)
        worker.start()
        worker.join()
        time.sleep(0.1)
