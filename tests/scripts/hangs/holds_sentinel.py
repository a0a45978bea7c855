"""A worker that dies at once, and leaves a fork that holds its sentinel: join(1) blocks for its whole second.

Noted: the worker's last moment, and when the kernel had told that it was dead. The fork lives until the parent has joined.
"""

import multiprocessing
import os
import sys
import time


def work(reader, writer) -> None:
    """Fork, and die while the fork waits for the parent."""
    if os.fork() == 0:
        reader.recv()
        os._exit(0)
    writer.send(time.perf_counter_ns())
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    reader, writer = multiprocessing.Pipe(duplex=False)
    last, noted = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.Process(target=work, args=(reader, noted))
    worker.start()
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    dead = time.perf_counter_ns()
    began = time.monotonic()
    worker.join(1)
    print("blocked" if time.monotonic() - began > 0.9 else "returned", worker.exitcode)
    writer.send(None)
    with open(sys.argv[1], "w") as file:
        file.write(f"{last.recv()} {dead}")
