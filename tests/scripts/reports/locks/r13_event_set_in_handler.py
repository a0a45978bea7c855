"""A signal handler sets the Event that the same process waits for: set() and wait() lock each other out."""

import multiprocessing as mp
import os
import signal
import threading
import time

stop = mp.Event()


def on_term(signum, frame):
    stop.set()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, on_term)
    threading.Thread(target=lambda: (time.sleep(0.5), os.kill(os.getpid(), signal.SIGTERM)), daemon=True).start()
    stop.wait()
    print("stopped", flush=True)
