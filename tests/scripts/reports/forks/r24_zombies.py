"""A server forks for each request and never waits: zombies pile up until no process can be started any more."""

import os
import time

if __name__ == "__main__":
    for request in range(12):
        if os.fork() == 0:
            time.sleep(0.05)
            os._exit(0)
        time.sleep(0.1)
    zombies = sum(
        open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[:2] == ["Z", str(os.getpid())]
        for entry in os.listdir("/proc")
        if entry.isdigit()
    )
    print(zombies, "zombies", flush=True)
    time.sleep(1)
