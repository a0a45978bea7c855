"""Each task starts eight threads that compute without the GIL."""

import hashlib
import multiprocessing as mp
import threading
import time

DATA = bytes(4_000_000)


def hashes(seconds_of_work):
    for _ in range(seconds_of_work):
        hashlib.sha256(DATA).digest()


def work(n):
    threads = [threading.Thread(target=hashes, args=(30,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, range(4), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
