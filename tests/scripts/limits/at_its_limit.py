"""Has nothing left of its memory or of its file sizes, and forks all the same. Exits with the sum of its children's codes."""

import os
import resource
import signal
import sys

if __name__ == "__main__":
    os.fork() or os._exit(0)
    os.wait()
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it
    most = 0
    if sys.argv[1] == "RLIMIT_AS":
        with open("/proc/self/statm") as file:
            most = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(getattr(resource, sys.argv[1]), (most, most))
    codes = 0
    for _ in range(40):
        os.fork() or os._exit(1)
        codes += os.waitstatus_to_exitcode(os.wait()[1])
    os._exit(codes)
