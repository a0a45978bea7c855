"""Closes every descriptor but its output, opens its own in their place, and leaves its session and folder."""

import multiprocessing
import os
import tempfile


def work() -> None:
    """The same in a worker."""
    os.closerange(3, 256)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    first = multiprocessing.Process(target=work)
    first.start()
    first.join()
    os.closerange(3, 256)
    with tempfile.TemporaryDirectory() as folder:
        files = [open(os.path.join(folder, str(number)), "w+") for number in range(20)]  # noqa: SIM115
        os.chdir("/")
        second = multiprocessing.Process(target=work)
        second.start()
        second.join()
        for file in files:
            file.seek(0)
            assert file.read() == "", "something wrote into a file of mine"
            file.close()
