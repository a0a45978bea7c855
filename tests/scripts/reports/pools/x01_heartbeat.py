"""As r01, with a thread in the parent that wakes up once a second (a heartbeat, a progress bar)."""

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
    import threading
    import time as clock

    def heartbeat():
        while True:
            clock.sleep(1)

    threading.Thread(target=heartbeat, daemon=True).start()
    with mp.Pool(2) as pool:
        print(pool.map(work, range(6), chunksize=1), flush=True)
