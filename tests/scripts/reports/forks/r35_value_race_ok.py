"""As r35, with get_lock()."""

import multiprocessing as mp


def count(counter):
    for _ in range(20_000):
        with counter.get_lock():
            counter.value += 1


if __name__ == "__main__":
    counter = mp.Value("i", 0)
    workers = [mp.Process(target=count, args=(counter,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("lost" if counter.value < 60_000 else "complete", flush=True)
