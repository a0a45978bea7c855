"""As r35, guarded by another lock; and an Array of which each worker has an item of its own."""

import multiprocessing as mp


def count(counter, lock, items, own):
    for _ in range(5_000):
        with lock:
            counter.value += 1
        items[own] += 1


if __name__ == "__main__":
    counter, lock, items = mp.Value("i", 0), mp.Lock(), mp.Array("i", 3)
    workers = [mp.Process(target=count, args=(counter, lock, items, own)) for own in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counter.value += 1
    print(counter.value, items[:], flush=True)
