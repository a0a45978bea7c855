"""Makes a daemon as daemons are made, with two forks and a session of its own, and ends. The test ends the daemon."""

import os
import sys
import time

read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.close(read)
    with open(sys.argv[1], "w") as file:
        file.write(str(os.getpid()))
    os.write(write, b"x")
    os.close(write)
    time.sleep(60)
    os._exit(0)
os.close(write)
os.wait()
os.read(read, 1)
print("a daemon was left")
