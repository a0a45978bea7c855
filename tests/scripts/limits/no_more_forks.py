"""The fourth fork fails as at the limit of processes; the program gives up as it would by itself."""

import errno
import multiprocessing
import os
import time

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    fork, left = os.fork, iter((1, 1, 1))

    def limited() -> int:
        """A fork, three times."""
        if next(left, 0):
            return fork()
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    os.fork = limited
    for _ in range(5):
        multiprocessing.Process(target=time.sleep, args=(60,), daemon=True).start()
