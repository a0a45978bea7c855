"""An empty Queue is taken for the end."""

import multiprocessing as mp
import queue
import time


def work(jobs, both):
    if not jobs.empty():
        both.wait()
        try:
            jobs.get(timeout=0.2)
        except queue.Empty:
            pass


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
