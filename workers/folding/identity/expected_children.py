"""The children that one process was about to start and whose pids it did not record. Part of a Fold, which owns it."""

from heapq import heappop, heappush
from itertools import count

_ALL = 0
"""The heap of all threads: a thread of the kernel never has this number."""


class ExpectedChildren:
    """Commands by the time at which they were about to be started, and by thread. Each is given to one child."""

    def __init__(self) -> None:
        self._heaps: dict[int, list[tuple[int, int]]] = {}  # by thread: (time, number)
        self._commands: dict[int, str] = {}  # by number
        self._numbers = count()

    def add(self, clock_ns: int, command: str, thread: int) -> None:
        """The process is about to start a child in this thread."""
        number = next(self._numbers)
        self._commands[number] = command
        for one in {_ALL, thread}:
            heappush(self._heaps.setdefault(one, []), (clock_ns, number))

    def take(self, thread: int, born_clock_ns: int) -> str:
        """The last command that was about to be started in this thread when the child was born or seen; "" for none.

        thread: 0 = not known. Earlier ones came and went unseen: they are not given to a later child.
        """
        heap = self._heaps.get(thread, [])
        command = ""
        while heap and heap[0][0] <= born_clock_ns:
            announced = self._commands.pop(heappop(heap)[1], None)
            command = command if announced is None else announced
        return command
