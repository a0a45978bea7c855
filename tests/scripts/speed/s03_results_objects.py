"""Each task returns 40,000 small objects."""

import multiprocessing as mp
import pickle
import time


def work(n):
    return {f"{n}-{i}": [i, str(i), float(i)] for i in range(40_000)}


if __name__ == "__main__":
    began = time.perf_counter()
    with mp.Pool(2) as pool:
        kept = pool.map(work, range(40), chunksize=1)
    whole = time.perf_counter() - began
    texts = [pickle.dumps(one, protocol=pickle.DEFAULT_PROTOCOL) for one in kept]
    began = time.thread_time()
    for text in texts:
        pickle.loads(text)
    print(f"whole {whole:.2f} s", flush=True)
    print(f"unpickling {time.thread_time() - began:.2f} s", flush=True)
