"""A Queue is passed to apply_async(), which cannot send it: no task runs, and nothing comes out of the Queue."""

import multiprocessing as mp


def work(results, n):
    results.put(n * n)


if __name__ == "__main__":
    results = mp.Queue()
    with mp.Pool(2) as pool:
        for n in range(4):
            pool.apply_async(work, (results, n))
        print(sorted(results.get() for _ in range(4)), flush=True)
