"""A SIGCHLD handler that reaps, alarms whose handler raises, in the middle of starts, joins and polls."""

import multiprocessing as mp
import os
import signal
import time

seen = []


class AlarmError(Exception):
    pass


def on_child(number, frame):
    seen.append(frame.f_code.co_filename if frame else None)


def on_alarm(number, frame):
    raise AlarmError


def child(seconds):
    time.sleep(seconds)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, on_child)
    process = mp.Process(target=child, args=(0.05,), name="signalled")
    process.start()
    process.join()
    print(process.exitcode, bool(seen), any("probe" in str(name) for name in seen))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, on_alarm)
    waited = mp.Process(target=child, args=(60,), name="waited for")
    waited.start()
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        waited.join()
    except AlarmError:
        print("alarm in join")
    raised = 0
    until = time.monotonic() + 0.7
    while time.monotonic() < until:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0007)
            while True:
                waited.is_alive()
        except AlarmError:
            raised += 1
    print("alarms in is_alive", raised > 50)
    signal.setitimer(signal.ITIMER_REAL, 0)
    waited.kill()
    waited.join()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ignored = mp.Process(target=child, args=(0.01,), name="ignored")
    ignored.start()
    ignored.join(5)
    print(ignored.exitcode)
    os.kill(os.getpid(), signal.SIGTERM)
