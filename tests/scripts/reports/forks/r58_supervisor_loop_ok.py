"""As r58, with a server that boots."""

import multiprocessing as mp
import time


def serve():
    time.sleep(1)


if __name__ == "__main__":
    worker = mp.Process(target=serve)
    worker.start()
    worker.join()
    print("served", flush=True)
