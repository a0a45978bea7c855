"""As r44, a sentinel for each."""

import multiprocessing as mp


def consume(queue):
    while queue.get() is not None:
        pass


if __name__ == "__main__":
    queue = mp.Queue()
    consumers = [mp.Process(target=consume, args=(queue,), name=f"consumer-{n}") for n in range(3)]
    for consumer in consumers:
        consumer.start()
    for item in range(20):
        queue.put(item)
    for _ in consumers:
        queue.put(None)
    for consumer in consumers:
        consumer.join()
    print("done", flush=True)
