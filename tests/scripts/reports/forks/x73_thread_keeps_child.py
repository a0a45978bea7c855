"""A non-daemon thread of a child waits for more work: the child never exits, and join() waits for it."""

import multiprocessing as mp
import queue
import threading


def uploader(jobs):
    while True:
        job = jobs.get()
        print("uploaded", job, flush=True)


def work():
    jobs = queue.Queue()
    threading.Thread(target=uploader, args=(jobs,), name="uploader").start()
    for n in range(3):
        jobs.put(n)


if __name__ == "__main__":
    p = mp.Process(target=work, name="worker")
    p.start()
    p.join()
    print("done", flush=True)
