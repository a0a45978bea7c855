"""Every call on a Process object, nested processes, daemons, a raising target, a subclass, contexts of other methods."""

import multiprocessing as mp
import sys
import time


class Subclassed(mp.Process):
    def run(self):
        print("subclass", flush=True)


def grandchild():
    print("grandchild", mp.current_process().name, flush=True)


def nested():
    inner = mp.Process(target=grandchild, name="inner")
    inner.start()
    inner.join()
    print("nested", inner.exitcode, flush=True)


def raises():
    raise LookupError("on purpose")


def sleeps():
    time.sleep(60)


if __name__ == "__main__":
    method = sys.argv[1]
    mp.set_start_method(method)
    first = mp.Process(target=nested, name="outer")
    first.start()
    print("join", first.join())
    sub = Subclassed(name="sub")
    sub.start()
    sub.join()
    bad = mp.Process(target=raises, name="bad")
    bad.start()
    bad.join()
    print("bad", bad.exitcode)
    long = mp.Process(target=sleeps, name="long", daemon=True)
    long.start()
    print("timeout", long.join(0.05), long.is_alive())
    long.terminate()
    long.join(20)
    print("after", long.is_alive(), long.exitcode)
    other = mp.get_context("spawn" if method == "fork" else "fork").Process(target=sleeps, name="other")
    other.start()
    other.kill()
    other.join()
    print("killed", other.exitcode)
    other.close()
    try:
        other.is_alive()
    except ValueError as error:
        print(error)
    try:
        sub.start()
    except AssertionError as error:
        print(error)
    print(mp.get_start_method())
