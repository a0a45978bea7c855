"""As r42, with both steps submitted by the parent."""

from concurrent.futures import ProcessPoolExecutor


def leaf(n):
    return n + 1


def tree(n):
    return n


pool = ProcessPoolExecutor(2)

if __name__ == "__main__":
    first = pool.submit(tree, 1).result()
    print(pool.submit(leaf, first).result(), flush=True)
    pool.shutdown()
