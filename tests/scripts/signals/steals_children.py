"""A SIGCHLD handler that reaps any child, so that multiprocessing never learns the exit of its own."""

import multiprocessing as mp
import os
import signal
import sys
import time

stolen = {}


def on_child(number, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        stolen[pid] = os.waitstatus_to_exitcode(status)


def ends(code):
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    mp.set_start_method("fork")
    signal.signal(signal.SIGCHLD, on_child)
    for code in (0, 3, -9):
        process = mp.Process(target=ends, args=(code,), name=f"ends {code}")
        process.start()
        until = time.monotonic() + 20
        while process.pid not in stolen and time.monotonic() < until:
            time.sleep(0.001)
        process.join()
        print(stolen[process.pid], process.exitcode, process.is_alive(), len(mp.active_children()))
