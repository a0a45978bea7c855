"""queue.Queue.join() of threads: a thread forgets task_done() for items that it skips."""

import queue
import threading

jobs = queue.Queue()


def worker():
    while True:
        job = jobs.get()
        if job % 2:
            continue
        print(job, flush=True)
        jobs.task_done()


if __name__ == "__main__":
    threading.Thread(target=worker, daemon=True).start()
    for n in range(6):
        jobs.put(n)
    jobs.join()
    print("done", flush=True)
