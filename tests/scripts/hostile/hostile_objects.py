"""Objects that end the process, or raise, when anybody asks them anything."""

import multiprocessing as mp
import os
from functools import partial


class Deadly:
    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        os._exit(66)

    def __repr__(self):
        os._exit(67)

    __str__ = __hash__ = __format__ = __bool__ = __len__ = __repr__

    def __eq__(self, other):
        os._exit(68)

    def __reduce__(self):
        return Deadly, (object.__getattribute__(self, "x"),)

    def __call__(self, *rest):
        return object.__getattribute__(self, "x")

    def __del__(self):
        os.write(1, b"gone\n")


class Meta(type):
    def __getattribute__(cls, name):
        if name in ("__name__", "__qualname__"):
            os._exit(69)
        return super().__getattribute__(name)

    def __repr__(cls):
        os._exit(70)


class StrangeError(Exception, metaclass=Meta):
    pass


class Name(str):
    def __str__(self):
        os._exit(71)

    __repr__ = __hash__ = encode = __len__ = __str__


class Quiet(mp.Process):
    def __repr__(self):
        os._exit(72)


def raises():
    raise StrangeError


def run(*given):
    try:
        raise StrangeError
    except StrangeError:
        return 1


if __name__ == "__main__":
    deadly = Deadly(3)
    for method in ("fork", "spawn"):
        context = mp.get_context(method)
        process = context.Process(target=deadly, args=(deadly,), kwargs={})
        process.start()
        process.join()
        print(process.exitcode, flush=True)
        with context.Pool(1) as pool:
            print(pool.apply(deadly, (deadly,)), pool.apply(run, (deadly,)), flush=True)
            print(pool.map(partial(deadly, deadly), [1, 2]), flush=True)
            pool.close()
            pool.join()
    process = Quiet(target=deadly)
    process.start()
    process.join()
    print(process.exitcode)
    del deadly
