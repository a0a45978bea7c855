"""`counter.value += 1` from several processes without its lock loses updates."""

import multiprocessing as mp


def count(counter):
    for _ in range(200_000):
        counter.value += 1


if __name__ == "__main__":
    counter = mp.Value("i", 0)
    workers = [mp.Process(target=count, args=(counter,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("lost" if counter.value < 600_000 else "complete", flush=True)
