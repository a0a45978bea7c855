"""As r39, guarded."""

import multiprocessing as mp


def work():
    print("working", flush=True)


if __name__ == "__main__":
    mp.set_start_method("spawn", force=True)
    worker = mp.Process(target=work)
    worker.start()
    worker.join()
    print("exit code", worker.exitcode, flush=True)
