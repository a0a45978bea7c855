"""Tracebacks of errors inside multiprocessing's own functions: the same, to the caret."""

import multiprocessing as mp
import traceback


class NotPickled:
    def __reduce__(self):
        raise TypeError("not to be pickled")


def target(value):
    raise KeyError(value)


if __name__ == "__main__":
    mp.set_start_method("fork")
    child = mp.Process(target=target, args=("x",))
    child.start()
    child.join()
    for call in (child.start, lambda: child.join("soon"), mp.Process(name=3).close, mp.Process().terminate):
        try:
            call()
        except Exception:
            print(traceback.format_exc())
    with mp.Pool(1) as pool:
        try:
            pool.apply(target, ("y",))
        except KeyError as error:
            print(traceback.format_exc(), repr(error.__cause__))
    mp.get_context("spawn").Process(target=NotPickled()).start()
