"""A ProcessPoolExecutor worker crashes in C (SIGSEGV): BrokenProcessPool tells neither which worker nor which signal."""

import ctypes
import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    time.sleep(0.2)
    if n == 3:
        ctypes.string_at(0)
    return n * n


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(list(pool.map(work, range(8))), flush=True)
