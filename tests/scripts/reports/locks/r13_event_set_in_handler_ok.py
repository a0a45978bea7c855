"""As r13, but the Event is polled with a plain flag set in the handler."""

import os
import signal
import threading
import time

stop = False


def on_term(signum, frame):
    global stop
    stop = True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, on_term)
    threading.Thread(target=lambda: (time.sleep(0.5), os.kill(os.getpid(), signal.SIGTERM)), daemon=True).start()
    while not stop:
        time.sleep(0.05)
    print("stopped", flush=True)
