"""As r51 with one Lock: a worker takes it and waits for a job that only another one sends, which waits for the Lock."""

import multiprocessing as mp
import time


def consume(lock, jobs):
    with lock:
        print(jobs.get(), flush=True)


def produce(lock, jobs):
    time.sleep(0.3)
    with lock:
        jobs.put("job")


if __name__ == "__main__":
    lock, jobs = mp.Lock(), mp.Queue()
    workers = [mp.Process(target=one, args=(lock, jobs), name=one.__name__) for one in (consume, produce)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done", flush=True)
