"""A worker that sleeps in the kernel and cannot be interrupted, as one whose disk does not answer: its first thread waits for
a child that it shares its memory with. Another worker does its work meanwhile."""

import ctypes
import multiprocessing


def stuck() -> None:
    """For good, or until it is killed."""
    print("stuck", flush=True)
    libc = ctypes.CDLL(None)
    libc.vfork() or libc.sleep(900)


def other() -> None:
    """Nothing is wrong here."""
    print("other", flush=True)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=stuck, name="stuck"), fork.Process(target=other, name="other")]
    for worker in workers:
        worker.start()
    for worker in reversed(workers):
        worker.join()
