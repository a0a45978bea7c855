"""Tasks of pools of threads and of interpreters, in every way in which they begin and end.

Usage: threads_and_interpreters.py [forks] [nested]
"""

import asyncio
import concurrent.futures
import functools
import multiprocessing
import os
import sys
import threading
from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


def fails():
    raise ValueError("on purpose")


class Abandon(BaseException):
    exc = TypeError("an attribute of the program's, and not what was raised")


def abandons():
    raise Abandon


def meets(barrier):
    """Returns when as many threads are in it as the barrier wants: they overlap."""
    barrier.wait(20)


def prepares():
    """An initializer, which is no task."""


def forks():
    """Forks while another thread runs a task; the child runs tasks of its own."""
    pid = os.fork()
    if pid == 0:
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            executor.submit(square, 9).result()
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def nested(x):
    """A pool of threads in the worker of a pool of processes."""
    with concurrent.futures.ThreadPoolExecutor(2, "inner") as executor:
        return sum(executor.map(square, range(x)))


def executors():
    barrier = threading.Barrier(3)
    with concurrent.futures.ThreadPoolExecutor(3, "outer", prepares) as executor:
        concurrent.futures.wait([executor.submit(meets, barrier) for _ in range(3)])
        assert list(executor.map(square, range(4))) == [0, 1, 4, 9]
        for task in (fails, abandons, functools.partial(square, 5)):
            executor.submit(task).exception()
    held = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        executor.submit(held.wait, 20)
        cancelled = executor.submit(square, 0)
        assert cancelled.cancel()
        held.set()


def pools_of_multiprocessing():
    with ThreadPool(2) as pool:
        assert pool.map(square, [1, 2], 1) == [1, 4]
        try:
            pool.apply(fails)
        except ValueError:
            pass


async def event_loop():
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, square, 1)
    await asyncio.to_thread(square, 2)


def interpreters():
    with concurrent.futures.InterpreterPoolExecutor(1) as executor:
        assert executor.submit(abs, -2).result() == 2
        assert isinstance(executor.submit(int, "x").exception(), ValueError)


def fork_while_running():
    held = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(2, "forking") as executor:
        waits = executor.submit(held.wait, 20)
        assert executor.submit(forks).result() == 0
        held.set()
        assert waits.result()


def processes():
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        assert pool.apply(nested, (3,)) == 5


if __name__ == "__main__":
    executors()
    pools_of_multiprocessing()
    asyncio.run(event_loop())
    if sys.version_info >= (3, 14):
        interpreters()
    if "forks" in sys.argv:
        fork_while_running()
    if "nested" in sys.argv:
        processes()
    print("done")
