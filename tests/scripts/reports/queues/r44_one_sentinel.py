"""Three consumers, one sentinel: two of them wait in get() for ever, and the parent in join() for them."""

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
    queue.put(None)
    for consumer in consumers:
        consumer.join()
    print("done", flush=True)
