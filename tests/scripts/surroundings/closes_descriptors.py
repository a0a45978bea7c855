"""Closes every descriptor but its outputs, opens its own on those numbers, and starts processes after that."""

import multiprocessing as mp
import os
import tempfile


def child():
    os.closerange(3, 4096)
    print("child", flush=True)


if __name__ == "__main__":
    os.closerange(3, 4096)
    files = [tempfile.TemporaryFile() for _ in range(30)]  # noqa: SIM115
    for at, file in enumerate(files):
        file.write(b"%d" % at)
        file.flush()
    processes = [mp.get_context(method).Process(target=child, name=method) for method in ("fork", "spawn")]
    for process in processes:
        process.start()
        process.join()
    for at, file in enumerate(files):
        file.seek(0)
        assert file.read() == b"%d" % at
    print([process.exitcode for process in processes], sorted(file.fileno() for file in files), flush=True)
    os.closerange(0, 4096)
    last = mp.get_context("fork").Process(target=os._exit, args=(7,), name="last")
    last.start()
    last.join()
    os._exit(last.exitcode)
