"""Traces every call and line of its own process, and counts those of its own file."""

import collections
import multiprocessing as mp
import sys
import threading

files = collections.Counter()


def trace(frame, event, arg):
    files[frame.f_code.co_filename] += 1
    return trace


def child():
    print("child", flush=True)


if __name__ == "__main__":
    sys.settrace(trace)
    threading.settrace(trace)
    process = mp.Process(target=child)
    process.start()
    process.join()
    sys.settrace(None)
    print(process.exitcode, sys.gettrace(), files[__file__])
