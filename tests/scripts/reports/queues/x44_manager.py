"""As r44, with a Manager."""

import multiprocessing as mp


def consume(queue):
    while queue.get() is not None:
        pass


if __name__ == "__main__":
    manager = mp.Manager()
    settings = manager.dict(depth=3)
    queue = mp.Queue()
    consumers = [mp.Process(target=consume, args=(queue,), name=f"consumer-{n}") for n in range(3)]
    for consumer in consumers:
        consumer.start()
    for item in range(20):
        queue.put(item)
    queue.put(None)
    for consumer in consumers:
        consumer.join()
    print("done", flush=True)
