"""Workers that never end, one of them deaf to SIGTERM, and a daemon that forked twice: ``family.py METHOD [daemon]``."""

import multiprocessing
import os
import signal
import sys
import time


def wait(deaf: bool) -> None:
    """Say so, and wait."""
    if deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("waiting", flush=True)
    while True:
        time.sleep(60)


def leave() -> None:
    """Become a daemon by forking twice, in a session of one's own."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            wait(False)
        os._exit(0)
    os.wait()


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    daemon = "daemon" in sys.argv
    workers = [multiprocessing.Process(target=wait, args=(number == 1,), daemon=daemon) for number in range(3)]
    for worker in workers:
        worker.start()
    leaving = multiprocessing.Process(target=leave)
    leaving.start()
    leaving.join()
    print("all started", flush=True)
    for worker in workers:
        worker.join()
