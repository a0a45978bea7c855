"""The functions that a plan's workers run, and the globals that they change. Standard library only.

A plan's program and its workers import it, and the script that is equivalent to a plan contains the source of these
functions.

Each workload takes its worker's number (from 1) and an amount: numbers to sort for `sort` and `sort_pid`, bytes for
`allocate`, microseconds for the others.
"""

import os
import random
import signal
import sys
import time

global_var_list: list = []


def in_turn(function, index, amounts):
    """Do one piece of work after another."""
    for amount in amounts:
        function(index, amount)


def sort(index, n):
    """Sort n random numbers, and set this worker's own slot of a global list."""
    print(f"Started with n: {n}")
    print(f"Setting global var at idx: {index - 1}")
    global_var_list[index - 1] = True
    numbers = sorted([random.random() for _ in range(n)])
    print("Function idx: ", index, len(numbers))
    print("Function idx: ", index, global_var_list)


def sort_pid(index, n):
    """Sort n random numbers, and say in which process that happened."""
    print(f"Started with n: {n}")
    numbers = sorted([random.random() for _ in range(n)])
    print("Function idx: ", index, len(numbers))
    print(f"Function pid: {os.getpid()}")


def spin(index, microseconds):
    """Keep one core busy for a set time."""
    print(f"Worker {index} spins for {microseconds / 1e6} s")
    end = time.monotonic() + microseconds / 1e6
    while time.monotonic() < end:
        pass
    print(f"Worker {index} is done")


def sleep(index, microseconds):
    """Wait for a set time without using a core."""
    print(f"Worker {index} sleeps for {microseconds / 1e6} s")
    time.sleep(microseconds / 1e6)
    print(f"Worker {index} is done")


def allocate(index, size):
    """Fill a block of memory, hold it for a second, and give it back."""
    print(f"Worker {index} asks for {size} bytes")
    block = bytearray(size)
    block[::4096] = b"x" * len(range(0, size, 4096))
    time.sleep(1)
    print(f"Worker {index} held {len(block)} bytes")


def fail(index, microseconds):
    """Work for a set time, then raise."""
    print(f"Worker {index} will raise")
    time.sleep(microseconds / 1e6)
    raise ValueError(f"worker {index} failed on purpose")


def crash(index, microseconds):
    """Work for a set time, then die by a signal, as from the kernel's out-of-memory killer."""
    print(f"Worker {index} will be killed")
    sys.stdout.flush()
    time.sleep(microseconds / 1e6)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
