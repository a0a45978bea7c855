"""The consumer asks first whether there is something to wait for."""

import multiprocessing as mp


def consume(ready, notified, count):
    notified.wait()
    with ready:
        while not count.value:
            ready.wait()


if __name__ == "__main__":
    ready, notified, count = mp.Condition(), mp.Event(), mp.Value("i")
    worker = mp.Process(target=consume, args=(ready, notified, count), name="consumer")
    worker.start()
    with ready:
        count.value = 1
        ready.notify()
    notified.set()
    worker.join()
