"""Prints what a program can see of itself and of its workers, for comparing a bare run with a recorded one."""

import inspect
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from multiprocessing.process import BaseProcess

NEEDED = {"mmap", "struct", "_struct", "atexit", "_ast", "marshal"}
"""Differences that a recorder cannot avoid."""


class Odd(multiprocessing.Process):
    """Everything that a hook could trip over."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        print("asked for", name)
        return None

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")

    def __hash__(self) -> int:
        return 7


def tell(where: str) -> None:
    """Everything that a recorder could have changed."""
    print(where, "argv", sys.argv[1:], "path", sys.path)
    print(where, "environ", sorted(os.environ.items()))
    print(where, "meta_path", [type(finder).__name__ for finder in sys.meta_path if "procession" not in repr(finder)])
    print(where, "modules", sorted(set(sys.modules) - NEEDED))
    print(where, "sitecustomize", "sitecustomize" in sys.modules)
    print(
        where, "signals", [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)]
    )
    print(where, "main", sys.modules["__main__"].__name__, os.path.basename(sys.modules["__main__"].__file__ or ""))
    print(where, "threads", sys._current_frames().keys().__len__())
    sys.stdout.flush()


def work(number: int) -> None:
    """A worker that tells, one that raises, one that exits."""
    tell(f"worker {number}")
    if number == 2:
        raise ValueError("worker 2 ☃")
    if number == 3:
        sys.exit("said at the exit")
    if number == 4:
        os._exit(44)


def main() -> None:
    """One worker after another, so that what they print keeps its order."""
    multiprocessing.set_start_method(sys.argv[1])
    tell("parent")
    print(inspect.signature(BaseProcess.start), inspect.signature(BaseProcess.join), BaseProcess.join.__doc__)
    print(inspect.getsource(BaseProcess.is_alive))
    for number in range(1, 5):
        worker = (
            Odd(target=work, args=(number,)) if number == 1 else multiprocessing.Process(target=work, args=(number,))
        )
        worker.start()
        worker.join()
        print(number, worker.exitcode, worker.is_alive(), worker.name)
        sys.stdout.flush()
    try:
        worker.start()
    except AssertionError:
        traceback.print_exc()
    try:
        BaseProcess.join(None)  # type: ignore[arg-type]
    except AttributeError:
        traceback.print_exc()
    try:
        multiprocessing.Process(target=work).join()
    except AssertionError:
        traceback.print_exc()
    late = multiprocessing.Process(target=work, args=(5,))
    list(map(multiprocessing.Process.start, [late]))
    late.join(-1)
    late.join()
    late.close()
    try:
        late.is_alive()
    except ValueError as error:
        print("closed:", error)
    print(pickle.dumps(multiprocessing.current_process().name))
    sys.exit(3)


if __name__ == "__main__":
    main()
