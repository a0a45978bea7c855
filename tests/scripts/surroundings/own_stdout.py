"""Replaces sys.stdout and sys.stderr, by objects and by descriptors."""

import io
import multiprocessing as mp
import os
import sys


class Shouting(io.TextIOBase):
    def write(self, text):
        os.write(1, text.upper().encode())
        return len(text)


def child():
    print("from the child", flush=True)


if __name__ == "__main__":
    real = sys.stdout
    sys.stdout = Shouting()
    print("quietly")
    process = mp.get_context("fork").Process(target=child)
    process.start()
    process.join()
    sys.stdout = real
    kept = os.dup(1)
    read, write = os.pipe()
    os.dup2(write, 1)
    process = mp.get_context("fork").Process(target=child)
    process.start()
    process.join()
    os.dup2(kept, 1)
    print(os.read(read, 100))
    sys.stdout = sys.stderr = None
    process = mp.get_context("fork").Process(target=child)
    process.start()
    process.join()
    os.write(1, b"%d\n" % process.exitcode)
