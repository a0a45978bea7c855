"""As r07, with a Manager."""

import multiprocessing as mp


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    manager = mp.Manager()
    settings = manager.dict(depth=3)
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    worker.join()
    print(len(queue.get()), flush=True)
