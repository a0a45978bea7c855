"""join() before the Queue is drained: the child cannot end, for its feeder waits for room in the pipe."""

import multiprocessing as mp


def produce(queue):
    queue.put(b"x" * 1_000_000)


if __name__ == "__main__":
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    worker.join()
    print(len(queue.get()), flush=True)
