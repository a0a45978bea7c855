"""Prints from __del__, from atexit, and from a process that ends while the interpreter does."""

import atexit
import multiprocessing as mp


class Last:
    def __del__(self):
        print("deleted", flush=True)


def child():
    atexit.register(print, "never seen in a worker under fork")
    keep.append(Last())


keep = [Last()]

if __name__ == "__main__":
    atexit.register(print, "at exit")
    process = mp.get_context("fork").Process(target=child, daemon=False)
    process.start()
