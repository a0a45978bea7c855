"""sort 10M, 70M, 40M, 20M · spawn · start all, then join all."""

import multiprocessing
import random
from multiprocessing import Process

global_var_list = [None] * 4


def sort(index, n):
    """Sort n random numbers, and set this worker's own slot of a global list."""
    print(f"Started with n: {n}")
    print(f"Setting global var at idx: {index - 1}")
    global_var_list[index - 1] = True
    numbers = sorted([random.random() for _ in range(n)])
    print("Function idx: ", index, len(numbers))
    print("Function idx: ", index, global_var_list)


def main():
    p1 = Process(target=sort, args=(1, 10_000_000))
    p2 = Process(target=sort, args=(2, 70_000_000))
    p3 = Process(target=sort, args=(3, 40_000_000))
    p4 = Process(target=sort, args=(4, 20_000_000))

    p1.start()
    p2.start()
    p3.start()
    p4.start()

    p1.join()
    p2.join()
    p3.join()
    p4.join()

    print("We're done")
    print("Global var at end of processing:", global_var_list)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
