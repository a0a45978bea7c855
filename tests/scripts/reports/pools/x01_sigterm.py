"""As r01, with a handler for SIGTERM in the parent (as web servers and job runners have)."""

import multiprocessing as mp
import os
import signal
import time


def work(n):
    time.sleep(0.2)
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


if __name__ == "__main__":
    import signal as sig

    sig.signal(sig.SIGTERM, lambda number, frame: None)
    with mp.Pool(2) as pool:
        print(pool.map(work, range(6), chunksize=1), flush=True)
