"""As r02, healthy."""

import time
from concurrent.futures import ProcessPoolExecutor


def work(n):
    time.sleep(0.2)
    return n * n


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        print(list(pool.map(work, range(8))), flush=True)
