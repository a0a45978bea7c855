"""Prints all that a script can see of its surroundings, in the program and in a worker."""

import inspect
import multiprocessing as mp
import os
import signal
import sys
import threading
import warnings


def look(where):
    main = sys.modules["__main__"]
    facts = {
        "modules": sorted(sys.modules),
        "path": sys.path,
        "argv": sys.argv,
        "orig_argv": sys.orig_argv,
        "main": sorted(vars(main)),
        "file": main.__file__,
        "spec": str(main.__spec__),
        "loader": type(main.__loader__).__name__,
        "flags": sys.flags,
        "warnings": warnings.filters,
        "threads": [thread.name for thread in threading.enumerate()],
        "native threads": len(os.listdir("/proc/self/task")),
        "signals": [str(signal.getsignal(number)) for number in range(1, 32)],
        "mask": signal.pthread_sigmask(signal.SIG_BLOCK, []),
        "timers": [signal.getitimer(which) for which in (0, 1, 2)],
        "trace": (sys.gettrace(), sys.getprofile(), threading.gettrace()),
        "hooks": (sys.excepthook is sys.__excepthook__, sys.unraisablehook is sys.__unraisablehook__),
        "path_hooks": [str(hook)[:40] for hook in sys.path_hooks],
        "start method": mp.get_start_method(allow_none=True),
        "descriptors": sorted(os.listdir("/proc/self/fd"))[:-1],
        "limit": sys.getrecursionlimit(),
        "cwd": os.getcwd(),
        "umask": os.umask(0o22),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "streams": [(type(stream).__name__, stream.encoding, stream.errors, stream.line_buffering, stream.isatty())
                    for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "process": (mp.current_process().name, mp.current_process().daemon),
        "start": (type(mp.Process.start).__name__, mp.Process.start.__qualname__, mp.Process.start.__module__,
                  inspect.signature(mp.Process.start), mp.Process.start.__code__.co_filename,
                  mp.Process.start.__code__.co_firstlineno, inspect.getsource(mp.Process.start)),
    }  # fmt: skip
    for name, value in facts.items():
        print(where, name, value, flush=True)
    for item in sorted(os.environ.items()):
        print(where, item, flush=True)


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    look("program")
    child = mp.Process(target=look, args=("child",))
    child.start()
    child.join()
    look("after")
