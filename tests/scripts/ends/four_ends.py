"""Four children: one ends well, one by os._exit(3), one kills itself, one is killed by its parent.

Beside the note of when it was killed is one of each child's last moment, and one of when the kernel had told that it was dead.
No child ends before all are started: start() reaps those that have ended.
"""

import multiprocessing as mp
import os
import signal
import sys
import time


def note(path):
    with open(path, "w") as file:
        file.write(str(time.perf_counter_ns()))


def well(path, go):
    go.wait()
    time.sleep(0.05)
    note(path)


def exits(path, go):
    go.wait()
    time.sleep(0.05)
    note(path)
    os._exit(3)


def kills_itself(path, go):
    go.wait()
    time.sleep(0.05)
    note(path)
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed(ready):
    ready.set()
    time.sleep(60)


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    ready, go = mp.Event(), mp.Event()
    children = [
        mp.Process(target=target, name=target.__name__, args=(f"{sys.argv[2]}-{target.__name__}", go))
        for target in (well, exits, kills_itself)
    ]
    children.append(mp.Process(target=is_killed, name="is_killed", args=(ready,)))
    for child in children:
        child.start()
    ready.wait()
    go.set()
    killed_at = time.perf_counter_ns()
    os.kill(children[3].pid, signal.SIGKILL)
    for child in children if sys.argv[1] != "forkserver" and hasattr(os, "waitid") else ():  # its server reaps at once
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        note(f"{sys.argv[2]}-{child.name}-dead")
    for child in children:
        child.join()
    print([(child.name, child.exitcode) for child in children])
    with open(sys.argv[2], "w") as file:
        file.write(str(killed_at))
