"""A process that forks inside Process.start(), and whose copy unwinds that start()."""

import multiprocessing
import os
import sys
import time


class Forks(multiprocessing.Process):
    """Forks while it is being started."""

    @staticmethod
    def _Popen(process_obj):
        pid = os.fork()
        if pid == 0:
            raise KeyboardInterrupt
        os.waitpid(pid, 0)
        return multiprocessing.get_context("fork").Process._Popen(process_obj)


if __name__ == "__main__":
    worker = Forks(target=time.sleep, args=(0.05,))
    try:
        worker.start()
    except KeyboardInterrupt:
        os._exit(9)
    worker.join()
    sys.exit(worker.exitcode)
