"""joblib's loky: a worker is killed, TerminatedWorkerError tells the exit code only."""

import os
import signal
import time

from joblib import Parallel, delayed


def fit(n):
    time.sleep(0.2)
    if n == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


if __name__ == "__main__":
    print(Parallel(n_jobs=2)(delayed(fit)(n) for n in range(8)), flush=True)
