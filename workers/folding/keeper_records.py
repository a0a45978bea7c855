"""What the keeper saw of processes from outside: how they ended, what they used, and which were never reported.

Part of a Fold, which owns it. The keeper's journal is read before those of the processes, so that many of its records
are about processes that are not known yet.
"""

from collections.abc import Sequence
from typing import cast

from workers.folding.identities import Identities
from workers.folding.identity.expected_children import ExpectedChildren
from workers.folding.identity.sights import SeenLife, Sights
from workers.folding.lifetimes import Lifetimes
from workers.folding.run_clock import RunClock
from workers.journal.codes import Doing
from workers.journal.keeper_kinds import (
    Exited,
    JournalFound,
    LeftRunning,
    MemoryParted,
    OutOfMemory,
    PauseChanged,
    Released,
    SignalSent,
    SubprocessFound,
    UnreportedFound,
    UsageSampled,
)
from workers.journal.slots import Record, Slots
from workers.recorded.probe import LONGEST_TEXT
from workers.timeline.model import Process, ProcessKind, Signalled, signal_name
from workers.timeline.timeline import Timeline

NOTED_NS = 300_000_000
"""How much later than the program the keeper may note a Ctrl-C."""

_DOINGS = frozenset(Doing)
_UNREPORTED_NS = 1_000_000_000
"""How long a child that only the keeper saw may still turn out to be a process that writes a journal."""
_PATIENCE_NS = 300_000_000

AboutOneProcess = (
    UsageSampled | MemoryParted | Exited | Released | PauseChanged | SignalSent | LeftRunning | OutOfMemory
)
"""The keeper's records of a process that it already watches."""


class KeeperRecords:
    """Adds to the timeline what the keeper saw of processes.

    latest_ns: the latest time of a record of the keeper's, which need not be its last.
    sights: what is kept until a journal of the process is read.
    """

    def __init__(self, timeline: Timeline, lifetimes: Lifetimes, clock: RunClock, identities: Identities) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._identities = identities
        identities.apply_held = self._apply_all
        self._writers: dict[tuple[int, int], Process] = {}  # by pid and key of a journal
        self._journals: dict[tuple[int, int], JournalFound] = {}  # by the same
        # Subprocesses by pid and the time at which their start began: the keeper and the parent report them in either order.
        self._found: dict[tuple[int, int], SubprocessFound] = {}
        self._reported: dict[tuple[int, int], Process] = {}
        self._gone: dict[tuple[int, int], SubprocessFound] = {}
        self.latest_ns = 0
        self.sights = Sights()
        self._unreported: list[tuple[UnreportedFound, str]] = []  # with their commands
        self._expected: dict[int, ExpectedChildren] = {}  # by the parent's pid

    def take(self, record: AboutOneProcess) -> None:
        """A record of a process that the keeper watches."""
        if isinstance(record, (PauseChanged, LeftRunning)):  # the process may have ended before
            self._release(self.sights.of_pid(record.pid))
        name = record.pid, record.ticks
        process = self._identities.by_ticks.get(name)
        if process is None and not record.ticks and isinstance(record, SignalSent):
            process = self._identities.with_pid(
                record.pid, record.clock_ns
            )  # the signal ended it before that was noted
        if process is None:
            self._identities.hold(name, record)
        else:
            self._apply_all(process, (record,))

    def journal_found(self, record: JournalFound) -> None:
        """The keeper found the journal of a process."""
        self._journals[record.pid, record.key] = record
        process = self._writers.get((record.pid, record.key))
        if process is not None:
            self._use_journal(process, record)

    def journal_of(self, pid: int, key: int) -> JournalFound | None:
        """How the keeper found the journal of this name; None while that is not known."""
        self._release(self.sights.of_pid(pid))
        return self._journals.get((pid, key))

    def subprocess_found(self, record: SubprocessFound) -> None:
        """The keeper found a subprocess that its parent reported."""
        name = record.pid, record.start_clock_ns
        if record.ticks < 0:
            child = self._reported.get(name)
            if child is None:
                self._gone[name] = record
            else:
                self._use_gone(child, record)
            return
        child = self._reported.pop(name, None)
        if child is None:
            self._found[name] = record
        else:
            self._use_ticks(child, record)

    def unreported_found(self, record: UnreportedFound, command: str) -> None:
        """The keeper found a child that no process reported."""
        self._unreported.append((record, command[:LONGEST_TEXT]))

    def add_writer(self, process: Process, pid: int, key: int) -> None:
        """A journal turned out to be this process's."""
        self._release(self.sights.of_pid(pid))
        self._writers[pid, key] = process
        found = self._journals.get((pid, key))
        if found is not None:
            self._use_journal(process, found)

    def take_seen(self, process: Process, seen: SeenLife) -> None:
        """All that the keeper saw of a process whose journal is read."""
        _, born_clock_ns, exited_clock_ns, within_ns, exit_code, status_known, cpu_ns, reaped_clock_ns, _ = seen
        origin_ns = self._clock.origin_ns or 0
        if exited_clock_ns and process.paused:
            process.paused, process.resumed_ns = False, exited_clock_ns - origin_ns
        self._lifetimes.seen(
            process,
            born_clock_ns - origin_ns if born_clock_ns else None,
            exited_clock_ns - origin_ns if exited_clock_ns else None,
            within_ns,
            exit_code if status_known else None,
            reaped_clock_ns - origin_ns if reaped_clock_ns else None,
        )
        if cpu_ns >= 0:
            process.cpu_s, process.cpu_whole = cpu_ns / 1e9, True
        self._timeline.touch(process.id)

    def add_subprocess(self, child: Process, pid: int, start_clock_ns: int) -> None:
        """A parent recorded a subprocess, whose start began then."""
        name = pid, start_clock_ns
        found = self._found.get(name)
        if found is not None:
            self._use_ticks(child, found)
            return
        self._reported[name] = child
        gone = self._gone.pop(name, None)
        if gone is not None:
            self._use_gone(child, gone)

    def expect_child(self, pid: int, clock_ns: int, command: str, thread: int) -> None:
        """A process is about to start a child, whose pid it will not record."""
        self._expected.setdefault(pid, ExpectedChildren()).add(clock_ns, command, thread)

    def cut(self, at_ns: int) -> None:
        """The run was being ended from then on, at the latest."""
        known_ns = self._timeline.cut_ns
        self._timeline.cut_ns = at_ns if known_ns is None else min(at_ns, known_ns)

    def _release(self, slots: Slots) -> None:
        for record in slots:
            if isinstance(record, JournalFound):
                self.journal_found(record)
            else:
                self.take(cast(AboutOneProcess, record))

    def settle(self, read_ns: int | None) -> None:
        """Decide what has waited long enough. read_ns: as in a Batch; None when no more records come."""
        if read_ns is None:
            self._release(self.sights.rest())
        self._add_unreported(read_ns)
        for process in self._lifetimes.reaped_without_exit:  # reaped before the keeper could watch it
            reaped_ns = process.reaped_ns
            if process.exited_ns is not None or reaped_ns is None:
                continue
            if read_ns is None or self._clock.since_start(read_ns) - reaped_ns > _PATIENCE_NS:
                self._lifetimes.bracket(process)
                if process.pid is not None:
                    self._identities.news.add(process.pid)
                self._timeline.touch(process.id)

    def _apply_all(self, process: Process, records: Sequence[Record]) -> None:
        changed = False
        for record in records:
            changed |= self._apply(process, record)
        if changed:
            if process.pid is not None:
                self._identities.news.add(process.pid)
            self._timeline.touch(process.id)

    def _apply(self, process: Process, record: Record) -> bool:
        """Whether facts of the process changed: a sample changes no lane."""
        at_ns = record.clock_ns - (self._clock.origin_ns or 0)
        match record:
            case UsageSampled():
                process.cpu_s, process.rss_bytes = record.cpu_ns / 1e9, record.rss_bytes
                # A process that is about to be gone has no memory left, which is no peak.
                process.peak_rss_bytes = max(process.peak_rss_bytes or 0, record.rss_bytes) or None
                self._timeline.add_sample(process.id, at_ns, process.cpu_s, record.rss_bytes)
                if record.doing:
                    doing = record.doing if record.doing in _DOINGS else Doing.WAITS
                    look = (at_ns, doing, record.lock, record.threads, max(0, record.cpu_wait_ns))
                    self._timeline.effort_of(process.id).looks.append(look)
                return False
            case Exited():
                code = record.exit_code if record.status_known else None
                self._exited(process, at_ns, code, record.within_ns, record.cpu_ns)
            case Released():
                self._lifetimes.reaped(process, at_ns)
            case MemoryParted():
                effort = self._timeline.effort_of(process.id)
                if record.private_bytes > (effort.private_bytes or 0):
                    effort.private_bytes, effort.shared_bytes = record.private_bytes, max(0, record.shared_bytes)
                return False
            case PauseChanged():
                process.paused = bool(record.paused)
                if process.paused:
                    process.paused_ns, process.resumed_ns = at_ns, None
                else:
                    process.resumed_ns = at_ns
            case LeftRunning() if process.exited_ns is None:
                process.left, process.lost_ns = True, at_ns
            case OutOfMemory():
                process.out_of_memory = True
            case SignalSent():
                if process.id == 1:
                    self.cut(at_ns - NOTED_NS)
                self._timeline.add_sent_signal(Signalled(process.id, at_ns, signal_name(record.signal)))
        return True

    def _exited(self, process: Process, at_ns: int, code: int | None, within_ns: int, cpu_ns: int) -> None:
        if process.paused:
            process.paused, process.resumed_ns = False, at_ns
        self._lifetimes.exited(process, at_ns, code, within_ns)
        if cpu_ns >= 0:
            process.cpu_s, process.cpu_whole = cpu_ns / 1e9, True

    def _use_ticks(self, child: Process, found: SubprocessFound | UnreportedFound) -> None:
        self._release(self.sights.of_pid(found.pid))
        if found.born_clock_ns:
            self._lifetimes.born(child, self._clock.since_start(found.born_clock_ns), exactly=True)
        if self._identities.with_ticks(found.pid, found.ticks) is None:
            self._identities.claim(child, found.pid, found.ticks)

    def _use_journal(self, process: Process, found: JournalFound) -> None:
        if found.ticks < 0:
            self._use_gone(process, found)
            return
        if found.born_clock_ns:
            self._lifetimes.born(process, self._clock.since_start(found.born_clock_ns), exactly=True)
        if process.id not in self._identities.ticks:  # without /proc a process cannot record its own start time
            self._identities.claim(process, found.pid, found.ticks)

    def _use_gone(self, process: Process, found: JournalFound | SubprocessFound | UnreportedFound) -> None:
        """The keeper came too late to watch it; the kernel may know its life."""
        if found.born_clock_ns:
            self._lifetimes.born(process, self._clock.since_start(found.born_clock_ns), exactly=True)
        if found.died_clock_ns:
            self._lifetimes.exited(process, self._clock.since_start(found.died_clock_ns), found.exit_code)
        self._lifetimes.reaped(process, self._clock.since_start(found.clock_ns))
        self._timeline.touch(process.id)

    def _add_unreported(self, read_ns: int | None) -> None:
        """Add the children that only the keeper saw, unless in time they turn out to be known otherwise."""
        waiting = []
        for found, command in self._unreported:
            known = self._identities.with_ticks(found.pid, found.ticks)
            if known is None and read_ns is not None and read_ns - found.clock_ns <= _UNREPORTED_NS:
                waiting.append((found, command))
                continue
            process = known or self._known_otherwise(found) or self._add_child(found, command)
            if found.ticks < 0:
                self._use_gone(process, found)
            else:
                self._use_ticks(process, found)
        self._unreported = waiting

    def _known_otherwise(self, found: UnreportedFound) -> Process | None:
        """A process of this pid that was started in a recorded way, and that has no start time of its own yet."""
        if found.ticks >= 0:
            known = self._identities.with_pid(found.pid, found.clock_ns)
            return known if known is not None and known.id not in self._identities.ticks else None
        until_ns = self._clock.since_start(found.died_clock_ns or found.clock_ns)
        born_ns = self._clock.since_start(found.born_clock_ns)
        for process in self._identities.all_with_pid(found.pid):
            ended_ns = process.exited_ns if process.reaped_ns is None else process.reaped_ns
            if (process.life_began_ns or 0) <= until_ns and (ended_ns is None or ended_ns >= born_ns):
                return process
        return None

    def _add_child(self, found: UnreportedFound, command: str) -> Process:
        born_clock_ns = found.born_clock_ns or found.clock_ns
        parent = self._identities.with_pid(found.parent_pid, born_clock_ns)
        expected = self._expected.get(found.parent_pid)
        announced = expected.take(found.parent_thread, born_clock_ns) if expected is not None else ""
        name = announced or command or (f"child of {parent.name}" if parent else "process")
        process = self._identities.add_stray(ProcessKind.SUBPROCESS, name, found.parent_pid, born_clock_ns)
        process.pid = found.pid
        self._identities.add_pid(process, found.pid)
        return process
