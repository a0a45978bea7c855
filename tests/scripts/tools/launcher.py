"""Runs a command, waits for it and for all processes that it leaves behind, and writes down the CPU time that they used,
and its own.

Usage: launcher.py RESULT COMMAND…

It is a process of its own so that RUSAGE_CHILDREN counts the processes of this command and no others.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys

_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """The command's exit code."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(sys.argv[1], "w", encoding="ascii") as file:
        own = resource.getrusage(resource.RUSAGE_SELF)
        json.dump({"cpu_s": used.ru_utime + used.ru_stime, "launcher_s": own.ru_utime + own.ru_stime}, file)
    return code


if __name__ == "__main__":
    sys.exit(main())
