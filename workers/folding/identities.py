"""Which process is meant: by pid and start time, by a pid at a moment, by its parent and its number there.

Part of a Fold, which owns it. Times of records are the machine's monotonic clock; those of processes count from the
program's start.
"""

from collections.abc import Callable, Sequence

from workers.folding.lifetimes import Lifetimes
from workers.folding.run_clock import RunClock
from workers.journal.slots import Record
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

MOST_OF_ONE_PID = 256
"""How many processes with the same pid are remembered, the latest. A system uses a pid again after all others."""


class Identities:
    """Knows the processes of a timeline by all that identifies them, and adds those that are not known yet.

    ticks: process id → start time in the kernel's clock ticks, which with the pid identifies it. by_ticks: the processes by
        both.
    news: pids of which something became known since they were last taken from here.
    apply_held: called with the records that were held for a process, when that process is claimed.
    """

    def __init__(self, timeline: Timeline, lifetimes: Lifetimes, clock: RunClock) -> None:
        self.ticks: dict[int, int] = {}
        self.by_ticks: dict[tuple[int, int], Process] = {}
        self.news: set[int] = set()
        self.apply_held: Callable[[Process, Sequence[Record]], None] = _ignore
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._by_pid: dict[int, Process] = {}  # the first with each pid
        self._sharing: dict[int, dict[int, Process]] = {}  # where a pid was used again all of them, by pid and id
        self._forgotten: set[int] = set()  # pids that more processes had than are remembered
        self._held: dict[tuple[int, int], list[Record]] = {}  # by pid and ticks
        self._calls: dict[tuple[int, int], list[Callable[[Process], None]]] = {}  # by the same
        self._children: dict[
            tuple[int, int], dict[int, Process]
        ] = {}  # by parent and key of its interpreter, then number
        self._interpreters: dict[
            int, list[int]
        ] = {}  # process id → keys of its journals after it executed another Python

    def with_ticks(self, pid: int, ticks: int) -> Process | None:
        """The process with this pid and start time."""
        return self.by_ticks.get((pid, ticks))

    def with_pid(self, pid: int, clock_ns: int) -> Process | None:
        """The process that had this pid at that moment: of several, the last that was there by then."""
        known = self.all_with_pid(pid)
        if len(known) > 1:
            then = self._clock.since_start(clock_ns)
            there = [process for process in known if (process.life_began_ns or 0) <= then]
            if not there and pid in self._forgotten:
                return None
            return max(there or known, key=lambda process: process.life_began_ns or 0)
        return known[0] if known else None

    def all_with_pid(self, pid: int) -> list[Process]:
        """The processes that had this pid, in the order in which that became known: the latest `MOST_OF_ONE_PID`."""
        if pid in self._sharing:
            return list(self._sharing[pid].values())
        return [self._by_pid[pid]] if pid in self._by_pid else []

    def add_pid(self, process: Process, pid: int) -> None:
        """The process has this pid, or had it."""
        self.news.add(pid)
        sharing = self._sharing.get(pid)
        if sharing is None:
            first = self._by_pid.setdefault(pid, process)
            if first is process:
                return
            sharing = self._sharing[pid] = {first.id: first}
        sharing[process.id] = process
        if len(sharing) > MOST_OF_ONE_PID:
            del sharing[next(iter(sharing))]
            self._forgotten.add(pid)

    def claim(self, process: Process, pid: int, ticks: int) -> None:
        """From now on records of (pid, ticks) are of this process. ticks 0: not known yet."""
        process.pid = pid
        self.add_pid(process, pid)
        if ticks:
            name = pid, ticks
            self.by_ticks[name] = process
            self.ticks[process.id] = ticks
            held = self._held.pop(name, None)
            if held is not None:
                self.apply_held(process, held)
            for call in self._calls.pop(name, ()) if self._calls else ():
                call(process)
        self._timeline.touch(process.id, process.parent_id)

    def hold(self, name: tuple[int, int], record: Record) -> None:
        """Keep a record until a process claims this pid and start time."""
        held = self._held.get(name)
        if held is None:
            self._held[name] = [record]
        else:
            held.append(record)

    def when_claimed(self, name: tuple[int, int], call: Callable[[Process], None]) -> None:
        """Call this with the process with this pid and start time: now, or once a process claims them."""
        process = self.by_ticks.get(name)
        if process is None:
            self._calls.setdefault(name, []).append(call)
        else:
            call(process)

    def add_planned(self, worker: Process) -> None:
        """A plan's worker is the child of the same number of the program."""
        self._children.setdefault((1, 0), {})[worker.worker or 0] = worker

    def executed_another(self, process: Process, key: int) -> None:
        """The process continues as another interpreter, whose journal has this key, and numbers its children afresh."""
        self._interpreters.setdefault(process.id, []).append(key)

    def children_of(self, parent: Process, clock_ns: int) -> dict[int, Process]:
        """The children that are known by their numbers.

        clock_ns: when; a parent that executes another interpreter uses its numbers again.
        """
        keys = self._interpreters.get(parent.id)
        interpreter = max((key for key in keys if key <= clock_ns), default=0) if keys else 0
        return self._children.setdefault((parent.id, interpreter), {})

    def child(self, parent: Process, number: int, clock_ns: int) -> Process:
        """The child of this number. clock_ns: as for `children_of`."""
        children = self.children_of(parent, clock_ns)
        return children.get(number) or self.add_child(parent, children, number)

    def add_child(self, parent: Process, children: dict[int, Process], number: int) -> Process:
        """Add a child of this number. children: as `children_of` gives them."""
        child = children[number] = self._timeline.add_process(
            f"Process-{number}", ProcessKind.WORKER, parent_id=parent.id
        )
        return child

    def add_stray(self, kind: ProcessKind, name: str, parent_pid: int, clock_ns: int) -> Process:
        """Add a process that no parent numbered. clock_ns: when it was there at the latest."""
        parent = self.with_pid(parent_pid, clock_ns)
        process = self._timeline.add_process(name, kind, parent_id=parent.id if parent else 1)
        process.ppid = parent_pid
        at_ns = self._clock.since_start(clock_ns)
        self._lifetimes.began_by(process, at_ns)
        self._lifetimes.born(process, at_ns)
        return process


def _ignore(_process: Process, _records: Sequence[Record]) -> None:
    """What happens to held records until a fold says otherwise."""
