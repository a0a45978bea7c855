"""Runs a command, waits for all that it leaves behind too, and writes down what they used. Usage: launcher.py RESULT COMMAND…

A process of its own, so that RUSAGE_CHILDREN counts this tree and no other.
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
        json.dump({"cpu_s": used.ru_utime + used.ru_stime}, file)
    return code


if __name__ == "__main__":
    sys.exit(main())
