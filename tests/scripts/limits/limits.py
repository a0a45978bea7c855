"""Limits its own memory, files or file sizes, and starts processes all the same."""

import multiprocessing as mp
import os
import resource
import sys


def child():
    print("child", flush=True)
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        try:
            bytearray(1 << 30)
        except MemoryError:
            print("no memory", flush=True)


if __name__ == "__main__":
    which = getattr(resource, sys.argv[1])
    if which == resource.RLIMIT_AS:
        with open("/proc/self/statm") as file:
            most = int(file.read().split()[0]) * resource.getpagesize() + (64 << 20)
    else:
        most = {resource.RLIMIT_NOFILE: 16, resource.RLIMIT_FSIZE: 0}[which]
    resource.setrlimit(which, (most, most))
    for method in ("fork", "spawn"):
        process = mp.get_context(method).Process(target=child, name=method)
        process.start()
        process.join()
        print(method, process.exitcode)
    files = []
    if which == resource.RLIMIT_NOFILE:
        try:
            while True:
                files.append(os.open("/dev/null", os.O_RDONLY))
        except OSError as error:
            print(error, len(files))
        process = mp.get_context("fork").Process(target=child, name="without descriptors")
        try:
            process.start()
        except OSError as error:
            print(error)
    os.closerange(3, 100)
