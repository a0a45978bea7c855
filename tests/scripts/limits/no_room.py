"""A worker that is born where no file can be made."""

import multiprocessing
import resource
import sys

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    worker = multiprocessing.Process(target=sys.exit, args=(5,))
    worker.start()
    worker.join()
