"""The Pool is made before the function exists (fork): workers cannot find it, die, are replaced; map() hangs."""

import multiprocessing as mp

if __name__ == "__main__":
    pool = mp.get_context("fork").Pool(2)

    def work(n):
        return n + 1

    print(pool.map(work, range(4), chunksize=1), flush=True)
    pool.close()
    pool.join()
