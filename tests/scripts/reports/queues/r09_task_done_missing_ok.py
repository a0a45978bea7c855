"""As r09, with task_done() for each item."""

import multiprocessing as mp


def consume(queue):
    while True:
        item = queue.get()
        try:
            if item % 3 == 0:
                continue
        finally:
            queue.task_done()


if __name__ == "__main__":
    queue = mp.JoinableQueue()
    for _ in range(2):
        mp.Process(target=consume, args=(queue,), daemon=True).start()
    for item in range(1, 7):
        queue.put(item)
    queue.join()
    print("all done", flush=True)
