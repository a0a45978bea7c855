"""Forks argv[1] children that live until all are there, and waits for them. argv[2]: first it limits its parent's files so."""

import os
import resource
import sys

count = int(sys.argv[1])
if len(sys.argv) > 2:
    hard = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)[1]
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (int(sys.argv[2]), hard))
read, write = os.pipe()
children = []
for number in range(count):
    pid = os.fork()
    if not pid:
        os.close(write)
        os.read(read, 1)
        os._exit(number % 100)
    children.append(pid)
os.close(write)
codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
print(codes == [number % 100 for number in range(count)], flush=True)
sys.exit(3)
