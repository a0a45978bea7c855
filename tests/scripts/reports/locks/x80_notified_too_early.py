"""notify() is called before anybody waits."""

import multiprocessing as mp


def consume(ready, notified):
    notified.wait()
    with ready:
        ready.wait()


if __name__ == "__main__":
    ready, notified = mp.Condition(), mp.Event()
    worker = mp.Process(target=consume, args=(ready, notified), name="consumer")
    worker.start()
    with ready:
        ready.notify()
    notified.set()
    worker.join()
