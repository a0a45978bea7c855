"""A sentinel ends the thread."""

import multiprocessing as mp
import queue
import threading


def uploader(jobs):
    while (job := jobs.get()) is not None:
        print("uploaded", job, flush=True)


def work():
    jobs = queue.Queue()
    threading.Thread(target=uploader, args=(jobs,), name="uploader").start()
    for n in range(3):
        jobs.put(n)
    jobs.put(None)


if __name__ == "__main__":
    p = mp.Process(target=work, name="worker")
    p.start()
    p.join()
    print("done", flush=True)
