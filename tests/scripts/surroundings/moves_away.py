"""Changes its folder, starts a session of its own, cleans its environment, and executes another interpreter."""

import multiprocessing as mp
import os
import sys


def child():
    print("child", os.getcwd(), os.getsid(0) == os.getpid(), flush=True)


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    os.chdir("/")
    if os.fork() == 0:
        os.setsid()
        process = mp.Process(target=child, name="in a session")
        process.start()
        process.join()
        os._exit(process.exitcode)
    os.wait()
    if "again" not in sys.argv:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv, "again"])
    print("executed again", os.getpid() == os.getpgrp(), sorted(set(os.environ) - {"LC_CTYPE"}) == sorted(os.environ))
    os.environ.clear()
    process = mp.Process(target=child, name="without an environment")
    process.start()
    process.join()
    sys.exit(process.exitcode)
