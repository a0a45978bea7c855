"""spawn without `if __name__ == "__main__"`: the child runs the main module again and must not start processes."""

import multiprocessing as mp


def work():
    print("working", flush=True)


mp.set_start_method("spawn", force=True)
worker = mp.Process(target=work)
worker.start()
worker.join()
print("exit code", worker.exitcode, flush=True)
