"""The method of a large object as the function of map()."""

import multiprocessing as mp
import time


class Grid:
    def __init__(self):
        self.cells = [{"x": n, "y": str(n)} for n in range(100_000)]

    def work(self, n):
        return self.cells[n]["x"]


if __name__ == "__main__":
    grid = Grid()
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        pool.map(grid.work, range(20), chunksize=1)
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
