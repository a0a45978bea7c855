"""Two processes each ask whether there is an item, and one of them gets it."""

import multiprocessing as mp
import time


def work(jobs, both):
    if not jobs.empty():
        both.wait()
        jobs.get()


if __name__ == "__main__":
    jobs, both = mp.Queue(), mp.Barrier(2)
    jobs.put("job")
    while jobs.empty():
        time.sleep(0.01)
    workers = [mp.Process(target=work, args=(jobs, both), name=f"worker-{n}") for n in range(2)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
