"""Alarms whose handler raises, wherever they come in a start, a poll, a join, a raw fork: none of them is lost."""

import gc
import multiprocessing as mp
import os
import signal
import sys
import time

TURNS = 160


class AlarmError(Exception):
    pass


def on_ignored(told):
    """What multiprocessing does after an interrupted Finalize has nothing to do with recording."""
    if told.exc_type is AlarmError:
        print("an alarm was ignored", flush=True)


def on_alarm(number, frame):
    raise AlarmError


def nothing():
    pass


def start_and_join(made):
    process = mp.Process(target=nothing)
    made.append(process)  # kept, so that no alarm can come while it is freed, where Python itself passes over it
    process.start()
    process.is_alive()
    process.join()
    process.is_alive()


def fork_and_wait():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def start_and_fork(turn, made):
    """Goes on until an alarm comes, or for five seconds."""
    signal.setitimer(signal.ITIMER_REAL, 0.0003 + turn * 0.000037)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        start_and_join(made)
        fork_and_wait()
    signal.setitimer(signal.ITIMER_REAL, 0)


def until_alarm(turn, made):
    """Whether the alarm's exception came out of the interrupted call.

    The loop is in a function of its own: CPython 3.13's jump at the end of a loop is outside the `try` around the loop
    (https://github.com/python/cpython/issues/130279).
    """
    try:
        start_and_fork(turn, made)
    except AlarmError:
        return True
    return False


if __name__ == "__main__":
    mp.set_start_method("fork")
    gc.disable()  # it would free in the middle of anything, and nobody hears what is raised there
    sys.unraisablehook = on_ignored
    signal.signal(signal.SIGALRM, on_alarm)
    # What is imported is imported before: Python itself ignores what is raised while an import's locks are freed.
    start_and_join([])
    fork_and_wait()
    raised = 0
    codes = set()
    for turn in range(TURNS):
        made = []
        raised += until_alarm(turn, made)
        for process in made:
            if process.pid is not None:
                process.join()
                codes.add(process.exitcode)
        made.clear()
    print("alarms", raised, sorted(code for code in codes if code))
    while True:
        try:
            os.waitpid(-1, 0)  # those whose start was interrupted when they were there already
        except ChildProcessError:
            break
    last = mp.Process(target=nothing, name="last")
    last.start()
    last.join()
    pid = os.fork()
    if pid == 0:
        os._exit(8)
    print(last.exitcode, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
