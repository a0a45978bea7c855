"""Tasks that wait for a server, in as few workers as cores."""

import multiprocessing as mp
import time


def work(n):
    time.sleep(0.1)  # a rate limit, a slow server
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(work, range(60), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
