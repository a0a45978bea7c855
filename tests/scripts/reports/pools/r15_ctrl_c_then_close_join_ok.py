"""As r15, with terminate() instead of close()."""

import multiprocessing as mp
import os
import signal
import threading
import time


def work(n):
    time.sleep(3)
    return n


def press_ctrl_c():
    time.sleep(1)
    for child in mp.active_children():
        os.kill(child.pid, signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    pool = mp.Pool(2)
    threading.Thread(target=press_ctrl_c, daemon=True).start()
    try:
        print(pool.map(work, range(4), chunksize=1), flush=True)
    except KeyboardInterrupt:
        print("interrupted, terminating", flush=True)
        pool.terminate()
        pool.join()
    print("done", flush=True)
