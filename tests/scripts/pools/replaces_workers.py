"""An executor that replaces each worker after one task, from a thread of its own; and a map that submits two tasks ahead."""

import multiprocessing as mp
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def one(number):
    return number


def ahead(number):
    time.sleep(0.02)
    return number


if __name__ == "__main__":
    context = mp.get_context(sys.argv[1])
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        print(list(pool.map(one, range(3))), flush=True)
    if sys.version_info >= (3, 14):
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            print(list(pool.map(ahead, range(6), buffersize=2)), flush=True)
