"""The generator that makes the tasks is slower than the workers."""

import multiprocessing as mp
import time


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(200))


def produce():
    for n in range(60):
        burn(0.05)  # decodes, one after another, in the parent
        yield n


def work(n):
    burn(0.01)
    return n


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(4) as pool:
        for _ in pool.imap_unordered(work, produce()):
            pass
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
