"""Four children: one ends well, one by os._exit(3), one kills itself, one is killed by its parent."""

import multiprocessing as mp
import os
import signal
import sys
import time


def well():
    time.sleep(0.05)


def exits():
    time.sleep(0.05)
    os._exit(3)


def kills_itself():
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed(ready):
    ready.set()
    time.sleep(60)


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    ready = mp.Event()
    children = [mp.Process(target=target, name=target.__name__) for target in (well, exits, kills_itself)]
    children.append(mp.Process(target=is_killed, name="is_killed", args=(ready,)))
    for child in children:
        child.start()
    ready.wait()
    killed_at = time.perf_counter_ns()
    os.kill(children[3].pid, signal.SIGKILL)
    for child in children:
        child.join()
    print([(child.name, child.exitcode) for child in children])
    with open(sys.argv[2], "w") as file:
        file.write(str(killed_at))
