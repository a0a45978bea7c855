"""As r07; the program catches Ctrl-C and ends with exit code 1, as most command line programs do."""

import multiprocessing as mp
import sys


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,), daemon=True)
    worker.start()
    try:
        worker.join()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        queue.cancel_join_thread()
        sys.exit(1)
    print(len(queue.get()), flush=True)
