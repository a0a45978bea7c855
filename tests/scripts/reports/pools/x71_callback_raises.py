"""A callback of apply_async() raises: the Pool's result thread dies, and no further result comes."""

import multiprocessing as mp


def work(n):
    return n


def on_result(n):
    print(10 // n, flush=True)


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        results = [pool.apply_async(work, (n,), callback=on_result) for n in range(4)]
        print([r.get() for r in results], flush=True)
