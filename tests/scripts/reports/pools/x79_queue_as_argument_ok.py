"""The workers get the Queue from their initializer."""

import multiprocessing as mp


def take_over(made):
    global results
    results = made


def work(n):
    results.put(n * n)


if __name__ == "__main__":
    made = mp.Queue()
    with mp.Pool(2, take_over, (made,)) as pool:
        for n in range(4):
            pool.apply_async(work, (n,))
        print(sorted(made.get() for _ in range(4)), flush=True)
