"""An RLock is reentrant."""

import multiprocessing as mp


class Counter:
    def __init__(self):
        self.lock = mp.RLock()
        self.value = mp.Value("i", 0, lock=False)

    def increase(self):
        with self.lock:
            self.value.value += 1

    def increase_twice(self):
        with self.lock:
            self.increase()
            self.increase()


def worker(counter):
    counter.increase_twice()


if __name__ == "__main__":
    counter = Counter()
    p = mp.Process(target=worker, args=(counter,), name="adder")
    p.start()
    p.join()
    print(counter.value.value, flush=True)
