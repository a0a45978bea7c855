"""A manager, a shared memory block with its resource tracker, and a fork server."""

import multiprocessing as mp
import sys
from multiprocessing import shared_memory


def put(shared):
    shared["a"] = 1


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    block = shared_memory.SharedMemory(create=True, size=64)
    with mp.Manager() as manager:
        shared = manager.dict()
        child = mp.Process(target=put, args=(shared,), name="putter")
        child.start()
        child.join()
        print(dict(shared), child.exitcode)
    block.close()
    block.unlink()
