"""As s14, healthy."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

DATA = bytes(4_000_000)


def work(n):
    for _ in range(20):
        hashlib.sha256(DATA).digest()
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(60)))
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
