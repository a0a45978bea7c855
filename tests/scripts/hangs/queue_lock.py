"""A worker killed while it holds a queue's lock: the parent waits for it for ever."""

import multiprocessing
import os


def work(queue: "multiprocessing.SimpleQueue[int]") -> None:
    """Take the lock of the writers, and die."""
    queue._wlock.acquire()  # type: ignore[attr-defined]
    os.kill(os.getpid(), 9)


def put(queue: "multiprocessing.SimpleQueue[int]") -> None:
    """A put() of another worker, which blocks for ever."""
    print("putting", flush=True)
    queue.put(1)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    shared = multiprocessing.SimpleQueue()
    first = multiprocessing.Process(target=work, args=(shared,))
    first.start()
    first.join()
    second = multiprocessing.Process(target=put, args=(shared,))
    second.start()
    second.join()
