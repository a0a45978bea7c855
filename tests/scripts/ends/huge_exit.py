"""A worker whose exit code no machine has, and names and timeouts of the same kind."""

import multiprocessing
import sys


def work() -> None:
    """Exit with too large a number."""
    sys.exit(1 << 200)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    worker = multiprocessing.Process(target=work, name="\ud800" * 100)
    worker.start()
    try:
        worker.join(1 << 62)
    except OverflowError as error:
        print("refused:", error)
    worker.join()
    print(worker.exitcode)
    print(multiprocessing.Process(name="x" * 100_000).name[:10])
