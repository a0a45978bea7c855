"""What the fold keeps of one process's journal while it reads it. Part of a Fold."""

from dataclasses import dataclass, field

from workers.journal.process_kinds import Spawned
from workers.timeline.model import Call, PoolThread, Process


@dataclass(slots=True)
class ProcessJournal:
    """One process's journal, with what later records refer to.

    forks: the children that are known, by the number of the fork.
    """

    pid: int
    process: Process
    texts: dict[int, str]
    forks: dict[int, Process]
    calls: dict[int, Call] = field(default_factory=dict)  # by number; repeated polls by minus the first one's number
    endless: set[int] = field(default_factory=set)  # numbers of join() calls without a timeout
    spawned: dict[int, Spawned] = field(default_factory=dict)  # by pid
    children: dict[int, Process] = field(default_factory=dict)  # by pid, as this process knows them
    forked: dict[int, tuple[int, int]] = field(default_factory=dict)  # by number of the fork: when it returned, threads
    threads: dict[int, PoolThread] = field(default_factory=dict)  # by number
