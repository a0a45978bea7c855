"""What the fold keeps of one process's journal while it reads it, also before its process is known. Part of a Fold."""

import re
from dataclasses import dataclass, field

from workers.journal.kinds import Kind
from workers.journal.process_kinds import CommandLine, Hello, Spawned, WorkerBegan
from workers.journal.slots import Slots
from workers.timeline.model import Call, PoolThread, Process

_IDENTIFYING = re.compile(b"[%b]" % re.escape(bytes((Kind.HELLO, Kind.ARGV, Kind.WORKER_BEGAN))))
"""In the kinds of a journal's slots: those that help to find its process."""


@dataclass(slots=True)
class ProcessJournal:
    """One process's journal, with what later records refer to.

    forks: the children that are known, by the number of the fork. numbered: by the number that the process gave them.
    """

    pid: int
    process: Process
    texts: dict[int, str]
    forks: dict[int, Process]
    numbered: dict[int, Process]
    calls: dict[int, Call] = field(default_factory=dict)  # by number; repeated polls by minus the first one's number
    sending: dict[int, Call] = field(default_factory=dict)  # by number: of the open calls the latest that send signals
    endless: set[int] = field(default_factory=set)  # numbers of join() calls without a timeout
    spawned: dict[int, Spawned] = field(default_factory=dict)  # by pid
    children: dict[int, Process] = field(default_factory=dict)  # by pid, as this process knows them
    forked: dict[int, tuple[int, int]] = field(default_factory=dict)  # by number of the fork: when it returned, threads
    threads: dict[int, PoolThread] = field(default_factory=dict)  # by number


@dataclass(slots=True)
class PendingJournal:
    """A journal whose process is not known yet.

    hello, parts_text, worker_began: the records by which the process may be found. held: all slots that were read.
    """

    pid: int
    key: int
    texts: dict[int, str]
    hello: Hello | None = None
    parts_text: int | None = None
    worker_began: list[WorkerBegan] = field(default_factory=list)
    held: list[Slots] = field(default_factory=list)

    def hold(self, slots: Slots) -> None:
        """Keep these until the process is known."""
        self.held.append(slots)
        for found in _IDENTIFYING.finditer(slots.kinds):
            record = slots[found.start()]
            if isinstance(record, Hello):
                self.hello = record
            elif isinstance(record, CommandLine):
                self.parts_text = record.parts_text
            elif isinstance(record, WorkerBegan):
                self.worker_began.append(record)

    @property
    def argv(self) -> list[str]:
        """The command line; [] when it is not recorded."""
        return [] if self.parts_text is None else self.texts.get(self.parts_text, "").split("\0")
