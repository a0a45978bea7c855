"""A server forks for each request and never waits: zombies pile up until no process can be started any more."""

import os
import time

if __name__ == "__main__":
    for request in range(12):
        if os.fork() == 0:
            time.sleep(0.05)
            os._exit(0)
        time.sleep(0.1)
    children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
    zombies = sum(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z" for pid in children)
    print(zombies, "zombies", flush=True)
    time.sleep(1)
