"""Joins a worker before it drains the queue that the worker fills: both wait for ever."""

import multiprocessing


def work(queue: "multiprocessing.Queue[bytes]") -> None:
    """More than a pipe holds."""
    queue.put(bytes(10_000_000))
    print("put", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    shared = multiprocessing.Queue()
    worker = multiprocessing.Process(target=work, args=(shared,))
    worker.start()
    worker.join()
