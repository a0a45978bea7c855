"""A task of a ThreadPoolExecutor waits for a task that it submitted to the same full executor."""

from concurrent.futures import ThreadPoolExecutor

executor = ThreadPoolExecutor(2)


def leaf(n):
    return n


def branch(n):
    return executor.submit(leaf, n).result() + 1


if __name__ == "__main__":
    print([f.result() for f in [executor.submit(branch, n) for n in range(4)]], flush=True)
