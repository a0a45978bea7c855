"""A task returns something that cannot be pickled: MaybeEncodingError in the parent."""

import multiprocessing as mp


def work(n):
    return open("/dev/null")


if __name__ == "__main__":
    with mp.Pool(2) as pool:
        print(pool.map(work, range(2)), flush=True)
