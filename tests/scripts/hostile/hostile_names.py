"""Workers with the names of the arguments. Each prints its own, and raises an error that is called so."""

import multiprocessing
import sys


def work(name: str) -> None:
    """Print and raise."""
    print(name, flush=True)
    sys.stderr = None
    raise type(name.replace("\0", ""), (Exception,), {})


if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    for argument in sys.argv[1:]:
        called = argument.encode().decode("unicode_escape")  # an argument holds no NUL
        process = fork.Process(target=work, args=(called,), name=called)
        process.start()
        process.join()
