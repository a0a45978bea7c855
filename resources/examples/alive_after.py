"""sort-pid 40M, 60M · spawn · is_alive() after each join."""

import multiprocessing
import os
import random
from multiprocessing import Process


def sort_pid(index, n):
    """Sort n random numbers, and say in which process that happened."""
    print(f"Started with n: {n}")
    numbers = sorted([random.random() for _ in range(n)])
    print("Function idx: ", index, len(numbers))
    print(f"Function pid: {os.getpid()}")


def main():
    print(f"Parent id: {os.getpid()}")
    p1 = Process(target=sort_pid, args=(1, 40_000_000))
    p2 = Process(target=sort_pid, args=(2, 60_000_000))

    p1.start()
    p2.start()

    p1.join()
    print(f"p1 alive:? {p1.is_alive()}")
    p2.join()
    print(f"p2 alive:? {p2.is_alive()}")

    print("We're done")


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
