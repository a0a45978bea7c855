"""The parent dies by SIGKILL; its workers, daemons even, live on without it."""

import multiprocessing as mp
import os
import signal
import time


def serve():
    for _ in range(80):
        time.sleep(0.1)


if __name__ == "__main__":
    for n in range(2):
        mp.Process(target=serve, daemon=True, name=f"serve-{n}").start()
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
