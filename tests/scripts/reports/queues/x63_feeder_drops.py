"""A lambda is put into a Queue: the feeder thread cannot pickle it and drops it; the reader waits for ever."""

import multiprocessing as mp


def work(results):
    results.put(lambda: 42)


if __name__ == "__main__":
    results = mp.Queue()
    p = mp.Process(target=work, args=(results,), name="worker")
    p.start()
    print(results.get(), flush=True)
    p.join()
