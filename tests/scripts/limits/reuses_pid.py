"""Two workers, one after the other, with the same pid: in a pid namespace of its own it can set the next pid."""

import multiprocessing
import time


def work() -> None:
    """Long enough to be seen."""
    time.sleep(0.3)


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    first = fork.Process(target=work, name="first")
    first.start()
    first.join()
    with open("/proc/sys/kernel/ns_last_pid", "w") as file:
        file.write(str((first.pid or 0) - 1))
    second = fork.Process(target=work, name="second")
    second.start()
    second.join()
    print("same" if first.pid == second.pid else "other", flush=True)
