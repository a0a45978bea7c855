"""ProcessPoolExecutor: submit, map, a failing task, and a task that its worker takes to the grave."""

import multiprocessing as mp
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool


def square(x):
    if x == 13:
        raise ValueError("thirteen")
    return x * x


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    context = mp.get_context(sys.argv[1])
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(square, range(5))), executor.submit(square, 6).result())
        try:
            executor.submit(square, 13).result()
        except ValueError as error:
            print("error", error)
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        try:
            executor.submit(dies).result()
        except BrokenProcessPool:
            print("broken")
