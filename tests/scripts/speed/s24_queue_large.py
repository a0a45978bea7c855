"""Large objects through a Queue."""

import multiprocessing as mp
import time


def make(queue):
    for n in range(60):
        queue.put([[n, str(i), float(i)] for i in range(30_000)])
    queue.put(None)


if __name__ == "__main__":
    queue = mp.Queue(4)
    began = time.perf_counter()
    makers = [mp.Process(target=make, args=(queue,)) for _ in range(2)]
    for maker in makers:
        maker.start()
    ended = count = 0
    while ended < 2:
        one = queue.get()
        ended += one is None
        count += one is not None
    for maker in makers:
        maker.join()
    print(f"whole {time.perf_counter() - began:.2f} s", flush=True)
