"""As r50, the consumer first."""

import multiprocessing as mp


def consume(queue):
    print(len(queue.get()), flush=True)


if __name__ == "__main__":
    queue = mp.SimpleQueue()
    worker = mp.Process(target=consume, args=(queue,))
    worker.start()
    queue.put(b"w" * 200_000)
    worker.join()
