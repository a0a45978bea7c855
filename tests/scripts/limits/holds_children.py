"""Forks argv[1] children that live until all are there, and waits for them. starve: its parent can open no more files."""

import os
import resource
import sys
import time

count = int(sys.argv[1])
if "starve" in sys.argv:
    held = {int(name) for name in os.listdir(f"/proc/{os.getppid()}/fd")}
    lowest_free = min(set(range(len(held) + 1)) - held)
    hard = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)[1]
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (lowest_free, hard))
read, write = os.pipe()
children = []
for number in range(count):
    pid = os.fork()
    if not pid:
        os.close(write)
        os.read(read, 1)
        os._exit(number % 100)
    children.append(pid)
if "starve" in sys.argv:
    time.sleep(0.5)  # until the parent has looked at them
os.close(write)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
print(codes == [number % 100 for number in range(count)], flush=True)
sys.exit(3)
