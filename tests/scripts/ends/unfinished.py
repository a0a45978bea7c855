"""Takes the place of a record and never fills it, as a thread does that its process leaves behind in the middle of one.

Arguments: who does it (program or worker), and how it ends then: ends, leaves (by os._exit), or killed.
"""

import multiprocessing as mp
import os
import signal
import sys
import threading


def begin_a_record() -> None:
    """Take a place in the journal of this process. Without the recorder there is none."""
    hooks = getattr(os._exit, "hooks", None)
    if hooks is not None:
        next(hooks.journal.slots)


def work(how: str) -> None:
    """Begin a record in a thread, make another one, and end."""
    thread = threading.Thread(target=begin_a_record)
    thread.start()
    thread.join()
    os.kill(os.getppid(), signal.SIGCONT)
    if how == "leaves":
        os._exit(3)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] == "program":
        work(sys.argv[2])
    else:
        worker = mp.get_context("fork").Process(target=work, args=sys.argv[2:3])
        worker.start()
        worker.join()
