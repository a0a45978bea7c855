"""As r32, with an ordinary end: daemons are ended with it."""

import multiprocessing as mp
import time


def serve():
    for _ in range(80):
        time.sleep(0.1)


if __name__ == "__main__":
    for n in range(2):
        mp.Process(target=serve, daemon=True, name=f"serve-{n}").start()
    time.sleep(0.5)
