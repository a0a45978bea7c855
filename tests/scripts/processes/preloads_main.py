"""Its module prints when it is run, which the fork server does as well: each line names the process that wrote it."""

import multiprocessing as mp
import os

print(os.getpid(), "module", flush=True)


def work():
    print(os.getpid(), "work", flush=True)


if __name__ == "__main__":
    mp.set_start_method("forkserver")
    mp.set_forkserver_preload(["__main__"])
    workers = [mp.Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(os.getpid(), "over", flush=True)
