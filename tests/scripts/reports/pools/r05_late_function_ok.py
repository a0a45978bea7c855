"""As r05, in the right order."""

import multiprocessing as mp


def work(n):
    return n + 1


if __name__ == "__main__":
    pool = mp.Pool(2)
    print(pool.map(work, range(4), chunksize=1), flush=True)
    pool.close()
    pool.join()
