"""Work for a Dask cluster, which notes itself what it does: ``cluster_work.py ADDRESS NOTES COUNT SECONDS [deadly|fails]...``.

Each attempt appends ``began KEY PID TIME`` to the file NOTES, and ``ended …`` unless it dies. Of the tasks
`deadly` kills its worker once; `fails` raises once, and is tried again.
"""

import os
import sys
import time

from distributed import Client, get_worker


def note(path, what, at):
    line = f"{what} {get_worker().get_current_task()} {os.getpid()} {at}\n"
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(number, line.encode())
    os.close(number)


def once(path, name):
    try:
        os.close(os.open(f"{path}.{name}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def work(number, path, seconds, kind=""):
    began = time.perf_counter_ns()
    note(path, "began", began)
    time.sleep(seconds)
    if kind == "fails" and once(path, kind):
        note(path, "ended", time.perf_counter_ns())
        raise ValueError("the first time")
    if kind == "deadly" and once(path, kind):
        os.kill(os.getpid(), 9)
    note(path, "ended", time.perf_counter_ns())
    return bytes(1000)


def main():
    address, path, count, seconds, *kinds = sys.argv[1:]
    with Client(address) as client:
        tasks = client.map(work, range(int(count)), path=path, seconds=float(seconds), pure=False)
        for kind in kinds:
            tasks.append(client.submit(work, 0, path, float(seconds), kind, key=kind, retries=1, pure=False))
        client.gather(tasks)
        print("done", flush=True)


if __name__ == "__main__":
    main()
