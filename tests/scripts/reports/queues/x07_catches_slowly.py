"""As x07_catches_ctrl_c, but it takes 1.5 s to end after Ctrl-C."""

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
        import time

        time.sleep(1.5)
        queue.cancel_join_thread()
        sys.exit(1)
    print(len(queue.get()), flush=True)
