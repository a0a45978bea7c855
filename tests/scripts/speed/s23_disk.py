"""Tasks that wait for the disk."""

import multiprocessing as mp
import os
import tempfile
import time


def work(n):
    with tempfile.TemporaryFile() as file:
        for _ in range(40):
            file.write(bytes(200_000))
            file.flush()
            os.fsync(file.fileno())
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, range(30), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
