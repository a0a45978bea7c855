"""As r48, the Manager lives."""

import multiprocessing as mp
import time


def solve(state):
    while True:
        state["frames"] = state.get("frames", 0) + 1
        time.sleep(0.3)


if __name__ == "__main__":
    manager = mp.Manager()
    state = manager.dict()
    solver = mp.Process(target=solve, args=(state,), name="solver", daemon=True)
    solver.start()
    time.sleep(1)
    solver.terminate()
    solver.join()
    manager.shutdown()
    print("done", flush=True)
