"""COUNT workers at once, each for a second, or COUNT printed lines: ``crowd.py processes|lines COUNT``."""

import multiprocessing
import sys
import time


def main() -> None:
    what, count = sys.argv[1], int(sys.argv[2])
    if what == "lines":
        for number in range(count):
            print("line", number, "of many")
        return
    workers = [multiprocessing.Process(target=time.sleep, args=(1.0,)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
