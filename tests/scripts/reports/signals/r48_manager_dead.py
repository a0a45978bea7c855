"""The Manager's process dies; a worker gets BrokenPipeError for ever and goes round in its loop."""

import multiprocessing as mp
import os
import signal
import time


def solve(state):
    while True:
        try:
            state["frames"] = state.get("frames", 0) + 1
        except (OSError, EOFError) as error:
            print(type(error).__name__, flush=True)
        time.sleep(0.3)


if __name__ == "__main__":
    manager = mp.Manager()
    state = manager.dict()
    solver = mp.Process(target=solve, args=(state,), name="solver", daemon=True)
    solver.start()
    time.sleep(1)
    os.kill(manager._process.pid, signal.SIGKILL)
    time.sleep(2)
