"""A consumer skips task_done() for a bad item: JoinableQueue.join() never returns."""

import multiprocessing as mp


def consume(queue):
    while True:
        item = queue.get()
        if item % 3 == 0:
            continue
        queue.task_done()


if __name__ == "__main__":
    queue = mp.JoinableQueue()
    for _ in range(2):
        mp.Process(target=consume, args=(queue,), daemon=True).start()
    for item in range(1, 7):
        queue.put(item)
    queue.join()
    print("all done", flush=True)
