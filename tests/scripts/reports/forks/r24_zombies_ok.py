"""As r24, with waitpid()."""

import os
import time

if __name__ == "__main__":
    for request in range(12):
        pid = os.fork()
        if pid == 0:
            time.sleep(0.05)
            os._exit(0)
        os.waitpid(pid, 0)
    time.sleep(1)
    print("no zombies", flush=True)
