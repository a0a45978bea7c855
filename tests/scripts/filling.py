"""Fills a run's folder: with tasks of a pool, printed lines, or forked workers; then starts and joins 20 workers. Exits with 7.

Usage: filling.py tasks|lines|forks [HOW_MANY]
"""

import multiprocessing
import sys


def same(value: int) -> int:
    return value


def ends() -> None:
    sys.exit(3)


def main() -> int:
    what, many = sys.argv[1], int(sys.argv[2])
    context = multiprocessing.get_context("fork")
    if what == "tasks":
        with context.Pool(2) as pool:
            assert sum(pool.imap_unordered(same, range(many), chunksize=1)) == many * (many - 1) // 2
        for number in range(50):
            print(f"line {number}", flush=True)
    elif what == "lines":
        for number in range(many):
            print(f"{number:06d} of many lines that are long enough to fill")
    else:
        for _ in range(many):
            worker = context.Process(target=same, args=(1,))
            worker.start()
            worker.join()
    for number in range(20):
        worker = context.Process(target=ends, name=f"late-{number}")
        worker.start()
        worker.join()
    return 7


if __name__ == "__main__":
    sys.exit(main())
