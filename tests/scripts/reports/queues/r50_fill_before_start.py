"""The parent fills a SimpleQueue with more than a pipe holds before any consumer is started: put() never returns."""

import multiprocessing as mp


def consume(queue):
    print(len(queue.get()), flush=True)


if __name__ == "__main__":
    queue = mp.SimpleQueue()
    queue.put(b"w" * 200_000)
    worker = mp.Process(target=consume, args=(queue,))
    worker.start()
    worker.join()
