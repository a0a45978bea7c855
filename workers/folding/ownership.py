"""Which process each journal belongs to. Part of a Fold, which owns it.

Journals are read in any order. A process can record only who it is to its parent: its journal waits until the process
is known, for which another journal, or the keeper's, may have to be read first.
"""

from collections.abc import Iterator

from workers.folding.foreign_clocks import NO_SHIFT, Shift, shift_of
from workers.folding.identities import Identities
from workers.folding.identity.helper_names import helper_name
from workers.folding.keeper_records import KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.process_journal import PendingJournal, ProcessJournal
from workers.folding.process_records import ProcessRecords
from workers.folding.run_clock import RunClock
from workers.journal.follower import Entries
from workers.journal.process_kinds import Hello
from workers.journal.run_files import key_of
from workers.journal.short_lives import ShortLife, ShortLives
from workers.recorded import probe
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_WORKER = ProcessKind.WORKER  # an enum takes its time to give a member
_LONGEST_NAME = 60


class Ownership:
    """Finds the process of each journal, and has its records added to the timeline as that process's."""

    def __init__(
        self,
        timeline: Timeline,
        lifetimes: Lifetimes,
        clock: RunClock,
        identities: Identities,
        keeper_records: KeeperRecords,
        process_records: ProcessRecords,
    ) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._identities = identities
        self._keeper_records = keeper_records
        self._process_records = process_records
        self._program: tuple[int, int] | None = None
        self._journals: dict[str, ProcessJournal] = {}
        self._parents: dict[tuple[int, int], ProcessJournal] = {}  # of short lives, by their pid and key
        self._lives: dict[
            tuple[int, int], Process
        ] = {}  # by pid and key of the journals of short lives, without others
        self._pending: dict[str, PendingJournal] = {}
        self._due: dict[str, None] = {}  # names of pending journals whose process may be found now
        # What pending journals wait for: names by the journal of the parent that forked them, and by a pid.
        self._for_journal: dict[str, list[str]] = {}
        self._for_pid: dict[int, dict[str, None]] = {}
        self._forks: dict[str, dict[int, Process]] = {}  # by the parent's journal, then by the number of the fork there
        self._shifts: dict[str, Shift] = {}  # by the name of the journal, of processes with another clock
        self._claimed: set[int] = set()  # ids of the processes that have a journal

    def program_launched(self, pid: int, ticks: int) -> None:
        """The program has this pid and start time."""
        self._program = pid, ticks

    def take(self, entries: Entries) -> None:
        """New slots of a journal."""
        journal = self._journal(entries.name)
        if journal is not None:
            by_ns = self.shift_ns(entries.name)
            self._process_records.take(journal, entries.records.moved(by_ns) if by_ns else entries.records)
            return
        pending = self._pending.get(entries.name)
        if pending is None:
            pid, key = key_of(entries.name) or (0, 0)
            pending = self._pending[entries.name] = PendingJournal(pid, key, entries.texts)
        pending.hold(entries.records)
        self._wait(entries.name, pending)
        self._due[entries.name] = None
        self.resolve()

    def take_lives(self, lives: ShortLives) -> Iterator[int]:
        """The whole journals of children whose parents and numbers are known already.

        Gives the numbers, from 0, of those that are not so simple: nothing of them is taken.
        """
        sights, take_seen = self._keeper_records.sights, self._keeper_records.take_seen
        claim, ticks = self._identities.claim, self._identities.ticks
        for number, (life, seen) in enumerate(zip(lives, sights.of_lives(lives), strict=True)):
            process = self._begin_life(life)
            if process is None:
                yield number
                continue
            pid, key = life.pid, life.clock_ns
            if seen is not None and sights.give(seen):
                claim(process, pid, seen.ticks)
                take_seen(process, seen)
            else:  # the first claims it where the keeper found its journal
                self._keeper_records.add_writer(process, pid, key)
                if process.id not in ticks:
                    claim(process, pid, 0)

    def _begin_life(self, life: ShortLife) -> Process | None:
        """Take what the process itself recorded. None where the life is not so simple."""
        _, fork, key, pid, parent_pid, parent_key, child, *_ = life
        parent = self._parents.get((parent_pid, parent_key))
        if parent is None:
            parent = self._journal(life.parent_journal)
            if parent is None:
                return None
            self._parents[parent_pid, parent_key] = parent
        name = f"{pid}-{key}.journal"
        if (
            self._shifts
            or (pid, key) in self._lives
            or name in self._journals
            or name in self._pending
            or name in self._for_journal
        ):
            return None
        process = parent.numbered.get(child)
        if process is None or process.kind is not _WORKER or process.id in self._claimed:
            return None
        self._claimed.add(process.id)
        self._lives[pid, key] = process
        forked = parent.forked.get(fork)
        if forked is None:
            parent.forks[fork] = process
        self._process_records.take_life(process, life, forked)
        return process

    def _journal(self, name: str) -> ProcessJournal | None:
        """The journal of this name whose process is known. That of a short life is made when it is asked for."""
        journal = self._journals.get(name)
        life = key_of(name) if journal is None and self._lives else None
        if life is not None and life in self._lives:
            process = self._lives.pop(life)
            forks = self._forks.setdefault(name, {})
            numbered = self._identities.children_of(process, life[1])
            journal = self._journals[name] = ProcessJournal(life[0], process, {0: ""}, forks, numbered)
        return journal

    def process_of(self, name: str) -> Process | None:
        """The process of this journal, once it is known."""
        journal = self._journal(name)
        return None if journal is None else journal.process

    def shift_ns(self, name: str) -> int:
        """How far the times of this journal are to be moved: its process has another clock."""
        return self._shifts[name].by_ns if name in self._shifts else 0

    def resolve(self) -> None:
        """Find the processes of pending journals. One that is found can help to find others.

        A journal is looked at again only when something became known that it waits for: a run can have many thousands.
        """
        if self._identities.news:
            self._take_news()
        while self._due:
            due, self._due = self._due, {}
            for name in due:
                pending = self._pending.get(name)
                if pending is None or pending.hello is None:
                    continue
                shift = self._shift_of(pending, pending.hello)
                hello = pending.hello._replace(clock_ns=pending.hello.clock_ns + shift.by_ns)
                process = self._process_of(pending, hello, shift.by_ns)
                if process is not None:
                    self._attach(name, pending, hello, process, shift)
            self._take_news()

    def _wait(self, name: str, pending: PendingJournal) -> None:
        """Note what this journal waits for."""
        hello = pending.hello
        if hello is None:
            return
        for pid in (hello.pid, *(began.parent_pid for began in pending.worker_began)):
            self._for_pid.setdefault(pid, {})[name] = None
        if hello.how == probe.FORK and self._journal(_parent_journal(hello)) is None:
            self._for_journal.setdefault(_parent_journal(hello), []).append(name)

    def _take_news(self) -> None:
        """Look again at the journals that wait for pids of which something became known."""
        for pid in self._identities.news:
            waiting = self._for_pid.get(pid)
            if waiting is not None:
                self._due.update(waiting)
        self._identities.news.clear()

    def finish(self) -> None:
        """No more records come: a journal that is still pending belongs to a process of its own."""
        for name, pending in list(self._pending.items()):
            hello = pending.hello
            if hello is not None:
                kind = ProcessKind.FORKED if hello.how == probe.FORK else ProcessKind.SUBPROCESS
                process = self._identities.with_ticks(pending.pid, hello.ticks)
                shift = self._shift_of(pending, hello)
                hello = hello._replace(clock_ns=hello.clock_ns + shift.by_ns)
                if process is None:
                    process = self._add_stray(kind, _short_name(pending.argv), hello)
                self._attach(name, pending, hello, process, shift)
        self._pending.clear()
        self._due.clear()
        for process_name, witness in dict.fromkeys(
            (self._journals[name].process.name, shift.witness) for name, shift in self._shifts.items()
        ):
            self._timeline.warnings.append(
                f"{process_name} has another clock than the rest of the run. Its times are placed by {witness}."
            )

    def _shift_of(self, pending: PendingJournal, hello: Hello) -> Shift:
        parent = _parent_journal(hello) if hello.how == probe.FORK else ""
        if self._journal(parent) is not None:
            return self._shifts.get(parent, NO_SHIFT)  # a fork keeps the clock
        return shift_of(hello, pending.pid, pending.key, self._clock, self._keeper_records)

    def _attach(self, name: str, pending: PendingJournal, hello: Hello, process: Process, shift: Shift) -> None:
        del self._pending[name]
        if shift.by_ns:
            self._shifts[name] = shift
        for pid in (hello.pid, *(began.parent_pid for began in pending.worker_began)):
            self._for_pid.get(pid, {}).pop(name, None)
        self._due.update(dict.fromkeys(self._for_journal.pop(name, ())))
        forks = self._forks.setdefault(name, {})
        if process.id in self._claimed:
            self._identities.executed_another(process, pending.key)
        numbered = self._identities.children_of(process, pending.key)
        journal = self._journals[name] = ProcessJournal(pending.pid, process, pending.texts, forks, numbered)
        self._claimed.add(process.id)
        if hello.how == probe.FORK:
            self._lifetimes.born(process, self._clock.since_start(hello.clock_ns))
            self._forks.setdefault(_parent_journal(hello), {})[hello.fork] = process
            parent = self._journal(_parent_journal(hello))
            if parent is not None:
                self._process_records.fork_known(parent, hello.fork)
        self._identities.claim(process, pending.pid, hello.ticks or self._identities.ticks.get(process.id, 0))
        self._keeper_records.add_writer(process, pending.pid, pending.key)
        self._process_records.began_journal(process, pending.pid, hello.clock_ns)
        for slots in pending.held:
            self._process_records.take(journal, slots.moved(shift.by_ns) if shift.by_ns else slots)

    def _process_of(self, pending: PendingJournal, hello: Hello, shift_ns: int) -> Process | None:
        identities = self._identities
        same = identities.with_ticks(hello.pid, hello.ticks) if hello.ticks else None
        if same is not None:
            return same  # it executed another interpreter
        if self._program is not None and hello.pid == self._program[0] and hello.ticks in (self._program[1], 0):
            return self._timeline.process(1)
        argv = pending.argv
        if hello.how == probe.FORK:
            parent = self._journal(_parent_journal(hello))
            if parent is None:
                return None
            if hello.child:
                return identities.child(parent.process, hello.child, hello.parent_key)
            if parent.process.kind is not ProcessKind.HELPER:
                return self._add_stray(ProcessKind.FORKED, _cut(f"fork of {parent.process.name}"), hello)
        else:
            helper = helper_name(argv)
            if helper:
                return self._add_stray(ProcessKind.HELPER, helper, hello)
        for began in pending.worker_began:
            began_ns = began.clock_ns + shift_ns
            parent_process = identities.with_pid(began.parent_pid, began_ns)
            if parent_process is not None:
                return identities.child(parent_process, began.child, began_ns)
        for known in identities.all_with_pid(hello.pid):
            if known.id not in self._claimed and known.start_called_ns is not None:
                return known
            if hello.ticks and known.id in self._claimed and known.id not in identities.ticks and not known.ended:
                return None  # it may have executed another interpreter: the keeper's records will say
        if argv and "--multiprocessing-fork" not in argv:
            return self._add_stray(ProcessKind.SUBPROCESS, _short_name(argv), hello)
        return None

    def _add_stray(self, kind: ProcessKind, name: str, hello: Hello) -> Process:
        return self._identities.add_stray(kind, name, hello.parent_pid, hello.clock_ns)


def _parent_journal(hello: Hello) -> str:
    """The name of the journal of the process that forked this one."""
    return f"{hello.parent_pid}-{hello.parent_key}.journal"


def _short_name(argv: list[str]) -> str:
    parts = [part.rpartition("/")[2] for part in argv[:1]] + argv[1:3]
    return _cut(" ".join(parts) or "process")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
