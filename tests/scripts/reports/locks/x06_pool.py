"""As r06 with a Pool: its workers, forked while a logger's thread held a lock, wait for it in their first task."""

import multiprocessing as mp
import threading
import time

log_lock = threading.Lock()


def flush_for_ever():
    while True:
        with log_lock:
            time.sleep(0.3)
        time.sleep(0.001)


def work(n):
    with log_lock:
        return n


if __name__ == "__main__":
    threading.Thread(target=flush_for_ever, daemon=True).start()
    time.sleep(0.1)
    with mp.get_context("fork").Pool(2) as pool:
        print(pool.map(work, range(4)), flush=True)
