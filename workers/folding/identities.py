"""Which process is meant: by pid and start time, by a pid at a moment, by its parent and the number that it has there.

Part of a Fold, which owns it. Times of records are the machine's monotonic clock; those of processes count from the
program's start.
"""

from collections.abc import Callable

from workers.folding.lifetimes import Lifetimes
from workers.journal.slots import Record
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


class Origin:
    """The program's start on the machine's monotonic clock. ns: None while it is not known."""

    def __init__(self) -> None:
        self.ns: int | None = None

    def at(self, t: int) -> int:
        """A time of the timeline."""
        return t - (self.ns or 0)


class Identities:
    """Knows the processes of a timeline, and adds those that are met first. ticks: process id → the kernel's start time, which
    with the pid names it. On `claimed`, what was said of one before it was known who that is."""

    def __init__(self, timeline: Timeline, ends: Lifetimes, origin: Origin) -> None:
        self.ticks: dict[int, int] = {}
        self.claimed: Callable[[Process, Record], None] = _nobody
        self._timeline = timeline
        self._ends = ends
        self._origin = origin
        self._by_ident: dict[tuple[int, int], Process] = {}
        self._by_pid: dict[int, list[Process]] = {}  # more than one where a pid was used again
        self._unclaimed: dict[tuple[int, int], list[Record]] = {}
        self._children: dict[tuple[int, int, int], Process] = {}  # parent, since which of its images, number
        self._images: dict[int, list[int]] = {}  # process id → keys of its journals since it executed other Pythons

    def named(self, pid: int, ticks: int) -> Process | None:
        """Who has this pid and start time."""
        return self._by_ident.get((pid, ticks))

    def with_pid(self, pid: int, t: int) -> Process | None:
        """Who had this pid at that moment: where it was used again, the last that was there by then."""
        those = self._by_pid.get(pid, [])
        if len(those) > 1:
            there = [process for process in those if (process.life_began_ns or 0) <= self._origin.at(t)]
            return max(there or those, key=lambda process: process.life_began_ns or 0)
        return those[0] if those else None

    def all_with_pid(self, pid: int) -> list[Process]:
        """Everybody who ever had this pid, as they were met."""
        return self._by_pid.get(pid, [])

    def has_pid(self, process: Process, pid: int) -> None:
        """It is known to have, or to have had, this pid."""
        those = self._by_pid.setdefault(pid, [])
        if process not in those:
            those.append(process)

    def claim(self, process: Process, pid: int, ticks: int) -> None:
        """From now on what is seen of (pid, ticks) is seen of this process. ticks 0: not known yet."""
        process.pid = pid
        self.has_pid(process, pid)
        if ticks:
            self._by_ident[pid, ticks] = process
            self.ticks[process.id] = ticks
            for record in self._unclaimed.pop((pid, ticks), []):
                self.claimed(process, record)
        self._timeline.touch(process.id, process.parent_id)

    def hold(self, pid: int, ticks: int, record: Record) -> None:
        """Keep what was seen of somebody until one claims it."""
        self._unclaimed.setdefault((pid, ticks), []).append(record)

    def planned(self, worker: Process) -> None:
        """A plan's worker is its program's child of the same number."""
        self._children[1, 0, worker.worker or 0] = worker

    def executed_another(self, process: Process, key: int) -> None:
        """It goes on as another interpreter, whose journal has this key, and counts its children anew."""
        self._images.setdefault(process.id, []).append(key)

    def child(self, parent: Process, number: int, t: int) -> Process:
        """The child of this number, which a process that executes another interpreter counts anew: t tells before or after."""
        images = self._images.get(parent.id)
        image = max((key for key in images if key <= t), default=0) if images else 0
        child = self._children.get((parent.id, image, number))
        if child is None:
            child = self._timeline.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=parent.id)
            self._children[parent.id, image, number] = child
        return child

    def stray(self, kind: ProcessKind, name: str, ppid: int, t: int) -> Process:
        """A process that is nobody's numbered child. t: when it was there at the latest."""
        parent = self.with_pid(ppid, t)
        process = self._timeline.add_process(name, kind, parent_id=parent.id if parent else 1)
        process.ppid = ppid
        process.target_began_ns = self._origin.at(t)
        self._ends.born(process, process.target_began_ns)
        return process


def _nobody(_process: Process, _record: Record) -> None:
    """Nobody asked yet to be told."""
