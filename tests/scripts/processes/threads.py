"""Eight threads start and join three processes each, at once; process n exits with code n."""

import multiprocessing
import sys
import threading


def start(which: int) -> None:
    """Three processes of one thread."""
    processes = [
        multiprocessing.Process(target=sys.exit, args=(number,), name=f"n{number}")
        for number in range(3 * which, 3 * which + 3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    threads = [threading.Thread(target=start, args=(which,)) for which in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
