"""Five children, each reaped by another call. Noted: when the kernel had told that each was dead, and when it was reaped."""

import multiprocessing as mp
import os
import sys
import time


def nothing():
    pass


def started(name):
    child = mp.Process(target=nothing, name=name)
    child.start()
    if sys.argv[1] == "forkserver":  # whose server reaps at once
        mp.connection.wait([child.sentinel])
    else:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    dead[name] = time.perf_counter_ns()
    return child


if __name__ == "__main__":
    import multiprocessing.connection

    mp.set_start_method(sys.argv[1])
    began = time.perf_counter_ns()
    dead, moments = {}, {}

    def note(name):
        moments[name] = time.perf_counter_ns()

    by_join = started("by join")
    by_join.join()
    note("by join")
    by_alive = started("by is_alive")
    while by_alive.is_alive():
        pass
    note("by is_alive")
    by_code = started("by exitcode")
    while by_code.exitcode is None:
        pass
    note("by exitcode")
    by_list = started("by active_children")
    while mp.active_children():
        pass
    note("by active_children")
    by_next = started("by the next start")
    time.sleep(0.05)
    last = mp.Process(target=nothing, name="last")
    last.start()
    note("by the next start")
    last.join()
    print([child.exitcode for child in (by_join, by_alive, by_code, by_list, by_next)])
    with open(sys.argv[2], "w") as file:
        for name, at in moments.items():
            file.write(f"{name}\t{dead[name]}\t{at}\n")
