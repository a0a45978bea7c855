"""Blocks of shared memory that nobody unlinks: of the program, and of its two workers. Arguments: the start method."""

import multiprocessing as mp
import sys
from multiprocessing.shared_memory import ShareableList, SharedMemory


def work(n: int) -> None:
    """Make a block, and close it."""
    block = SharedMemory(create=True, size=1 << 16)
    block.buf[0] = n
    block.close()


if __name__ == "__main__":
    context = mp.get_context(sys.argv[1])
    block = SharedMemory(create=True, size=1 << 20)
    names = ShareableList(["a", "b"])
    workers = [context.Process(target=work, args=(n,)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    names.shm.close()
    block.close()
