"""COUNT short workers, PER_ROUND at a time, by METHOD: ``many_workers.py METHOD COUNT PER_ROUND``."""

import multiprocessing
import sys
import time


def work(seconds: float) -> None:
    """Half of it on a core, half of it waiting."""
    end = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        pass
    time.sleep(seconds / 2)


def main() -> None:
    method, count, per_round = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    multiprocessing.set_start_method(method)
    for first in range(0, count, per_round):
        numbers = range(first, min(first + per_round, count))
        workers = [multiprocessing.Process(target=work, args=(number % 10 / 200,)) for number in numbers]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    main()
