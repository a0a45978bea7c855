"""Shared memory that is unlinked by its maker, by a child, by a manager, and after its maker ended.

Arguments: the start method.
"""

import multiprocessing as mp
import sys
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory


def read(name: str, last: bool) -> None:
    """Open a block that is there; the last one unlinks it."""
    block = SharedMemory(name)
    assert block.buf[0] == 7
    block.close()
    if last:
        block.unlink()


def make(answers: "mp.Queue[str]") -> None:
    """Make a block for the program."""
    block = SharedMemory(create=True, size=1 << 16)
    block.buf[0] = 7
    answers.put(block.name)
    block.close()


if __name__ == "__main__":
    context = mp.get_context(sys.argv[1])
    for last in (False, True):
        block = SharedMemory(create=True, size=1 << 20)
        block.buf[0] = 7
        reader = context.Process(target=read, args=(block.name, last))
        reader.start()
        reader.join()
        block.close()
        if not last:
            block.unlink()
    answers = context.Queue()
    maker = context.Process(target=make, args=(answers,))
    maker.start()
    name = answers.get()
    maker.join()
    read(name, True)
    names = ShareableList(["a", "b"])
    names.shm.close()
    names.shm.unlink()
    with SharedMemoryManager(ctx=context) as manager:
        kept = manager.SharedMemory(1 << 16)
        kept.buf[0] = 1
        manager.ShareableList([1, 2])
    print("done", flush=True)
