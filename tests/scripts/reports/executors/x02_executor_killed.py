"""As r02, with SIGKILL."""

import os
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    time.sleep(0.2)
    if n == 3:
        if sys.argv[1] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if sys.argv[1] == "exit":
            os._exit(3)
        if sys.argv[1] == "abort":
            os.abort()
        if sys.argv[1] == "segv":
            os.kill(os.getpid(), signal.SIGSEGV)
    return n * n


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(list(pool.map(work, range(8))), flush=True)
