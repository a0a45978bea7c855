"""What the work of a process cost beside its tasks: imports, big messages, and what it did at the looks from outside.

Data only, where the timeline lives. All `_ns` as everywhere: from the program's start.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.journal.codes import Doing
from workers.timeline.columns import Column

__all__ = [
    "CpuLimits",
    "Doing",
    "Effort",
    "Import",
    "Message",
    "Messages",
    "OutsideLook",
    "OutsideLooks",
    "ResultsWaiting",
    "Way",
]


class Way(IntEnum):
    """Which way a message went."""

    SENT = 0
    RECEIVED = 1


class Import(NamedTuple):
    """A module that the program imported itself, with all that this imported. in_thread: not by the thread of its own work."""

    name: str
    began_ns: int
    ended_ns: int
    in_thread: bool = False


class Message(NamedTuple):
    """A message of more than 8 KiB between two processes.

    Sent: pickled from `began_ns` to `middle_ns`, then written. Received: read until `middle_ns`, then unpickled.
    in_thread: not by the thread that carries out the work of the process.
    """

    way: Way
    began_ns: int
    middle_ns: int
    ended_ns: int
    size_bytes: int
    in_thread: bool = False

    @property
    def pickling_ns(self) -> int:
        """How long it was pickled, or unpickled."""
        first, last = (self.began_ns, self.middle_ns) if self.way is Way.SENT else (self.middle_ns, self.ended_ns)
        return max(0, last - first)


class ResultsWaiting(NamedTuple):
    """So many results of an imap() were there that the program had not taken."""

    at_ns: int
    job: int
    results: int


class OutsideLook(NamedTuple):
    """What the first thread of a process did at a moment, seen from outside.

    lock: the identity of the lock that it waited for, 0 = none. threads: how many the process had, 0 = not known.
    cpu_wait_ns: how long that thread has waited for a core since its birth.
    """

    at_ns: int
    doing: Doing
    lock: int
    threads: int
    cpu_wait_ns: int


class _Table:
    """Rows of whole numbers, in 8 bytes each."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._column = Column(np.int64)

    def __len__(self) -> int:
        return self._column.count // self._width

    def append(self, row: tuple[int, ...]) -> None:
        """Add a row."""
        self._column.extend(np.array(row, np.int64))

    @property
    def rows(self) -> NDArray[Any]:
        """int64 (n, width)."""
        return self._column.view.reshape(-1, self._width)


class Messages(_Table):
    """The big messages of a process. rows: the fields of a `Message`, in order."""

    def __init__(self) -> None:
        super().__init__(len(Message._fields))

    def __iter__(self) -> Iterator[Message]:
        for way, began, middle, ended, size, in_thread in self.rows.tolist():
            yield Message(Way(way), began, middle, ended, size, bool(in_thread))


class OutsideLooks(_Table):
    """The looks at a process. rows: the fields of a `OutsideLook`, in order."""

    def __init__(self) -> None:
        super().__init__(len(OutsideLook._fields))

    def __iter__(self) -> Iterator[OutsideLook]:
        for at, doing, lock, threads, waited in self.rows.tolist():
            yield OutsideLook(at, Doing(doing), lock, threads, waited)


@dataclass(slots=True)
class Effort:
    """What is known of one process.

    main: when it ran the main module again, as a process does that is no fork; None = it did not, or that is not known.

    python_began_ns: when its interpreter was so far that it began its journal; None = not known, or it was forked.
    private_bytes, shared_bytes: of its memory when most of it was private; None = never looked at.
    """

    python_began_ns: int | None = None
    imports: list[Import] = field(default_factory=list)
    main: Import | None = None
    messages: Messages = field(default_factory=Messages)
    results_waiting: list[ResultsWaiting] = field(default_factory=list)
    looks: OutsideLooks = field(default_factory=OutsideLooks)
    private_bytes: int | None = None
    shared_bytes: int | None = None


@dataclass(slots=True)
class CpuLimits:
    """How much of the machine's cores the run's control group may use.

    quota: cores, None = no limit. throttled_ns: how long the group was held up since the run began, in `periods` periods.
    """

    quota: float | None = None
    throttled_ns: int = 0
    throttled_periods: int = 0
    periods: int = 0
