"""A Barrier for four parties, and only three processes."""

import multiprocessing as mp


def phase(barrier):
    barrier.wait()
    print("phase 2", flush=True)


if __name__ == "__main__":
    barrier = mp.Barrier(4)
    workers = [mp.Process(target=phase, args=(barrier,), name=f"phase-{n}") for n in range(3)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
