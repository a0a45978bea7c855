"""The initializer of a ProcessPoolExecutor raises: BrokenProcessPool."""

from concurrent.futures import ProcessPoolExecutor


def setup():
    raise RuntimeError("no GPU")


def task(n):
    return n


if __name__ == "__main__":
    with ProcessPoolExecutor(2, initializer=setup) as executor:
        print(list(executor.map(task, range(4))), flush=True)
