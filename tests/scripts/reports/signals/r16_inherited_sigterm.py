"""Pool workers inherit the program's SIGTERM handler, which only sets a flag: terminate() does not end them."""

import multiprocessing as mp
import signal
import time

shutting_down = False


def on_term(signum, frame):
    global shutting_down
    shutting_down = True


def work(n):
    while True:
        time.sleep(0.1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, on_term)
    with mp.get_context("fork").Pool(2) as pool:
        job = pool.map_async(work, range(2))
        try:
            job.get(timeout=1)
        except mp.TimeoutError:
            print("gave up waiting", flush=True)
    print("done", flush=True)
