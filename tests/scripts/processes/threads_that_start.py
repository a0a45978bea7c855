"""Threads that start processes at the same time."""

import multiprocessing as mp
import os
import sys
import threading


def child(at):
    os.write(1, b"child %d\n" % at)


def starts(at):
    for turn in range(2):
        process = mp.Process(target=child, args=(at,), name=f"{at}.{turn}")
        process.start()
        process.join()
        processes.append(process)


processes = []

if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    threads = [threading.Thread(target=starts, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Only now: start() in one thread may reap what another one waits for, whose join() then returns too early.
    print([process.exitcode for process in processes])
