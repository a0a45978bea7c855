"""As r07, get() first."""

import multiprocessing as mp


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    print(len(queue.get()), flush=True)
    worker.join()
