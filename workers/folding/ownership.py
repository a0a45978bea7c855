"""Whose each journal is. Part of a Fold, which owns it.

Journals are read in any order, and a process says in its own only who it is to its parent: what one says waits until the
process is known, which another journal, or the keeper's, may have to tell first.
"""

import re
from dataclasses import dataclass, field

from workers.folding.identities import Identities, Origin
from workers.folding.keeper_records import KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.process_records import ProcessJournal, ProcessRecords
from workers.journal.journal import Entries, Kind, key_of
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_TELLING = re.compile(b"[%b]" % re.escape(bytes((Kind.HELLO, Kind.ARGV, Kind.WORKER_BEGAN))))
"""Of the kinds of a journal's records: those that tell whose it is."""
_HELPERS = {
    "resource_tracker": "resource tracker",
    "semaphore_tracker": "resource tracker",
    "forkserver": "fork server",
}
_HELPER = re.compile(r"from (?:[\w.]+\.)?(\w+) import main;")


@dataclass(slots=True)
class _Nameless:
    """A journal of which it is not known whose it is. hello, argv_word, began: what it says of that; held: all that it says."""

    pid: int
    key: int
    texts: dict[int, str]
    hello: Record | None = None
    argv_word: int | None = None
    began: list[Record] = field(default_factory=list)  # WORKER_BEGAN
    held: list[Slots] = field(default_factory=list)

    def hold(self, slots: Slots) -> None:
        """Keep these until it is known whose they are."""
        self.held.append(slots)
        for found in _TELLING.finditer(slots.kinds):
            record = slots[found.start()]
            if record.kind == Kind.HELLO:
                self.hello = record
            elif record.kind == Kind.ARGV:
                self.argv_word = record.word
            else:
                self.began.append(record)

    @property
    def argv(self) -> list[str]:
        """The command line, or [] where it says none."""
        return [] if self.argv_word is None else self.texts.get(self.argv_word, "").split("\0")


class Ownership:
    """Has each journal taken in as its process's."""

    def __init__(
        self,
        timeline: Timeline,
        ends: Lifetimes,
        origin: Origin,
        who: Identities,
        seen: KeeperRecords,
        told: ProcessRecords,
    ) -> None:
        self._timeline = timeline
        self._ends = ends
        self._origin = origin
        self._who = who
        self._seen = seen
        self._told = told
        self._launched: tuple[int, int] | None = None
        self._journals: dict[str, ProcessJournal] = {}
        self._nameless: dict[str, _Nameless] = {}
        self._forks: dict[
            str, dict[int, Process]
        ] = {}  # by the parent's journal and the number that the fork has there
        self._claimed: set[int] = set()  # ids of the processes whose own journals are known

    def launched(self, pid: int, ticks: int) -> None:
        """Who the program is."""
        self._launched = pid, ticks

    def take(self, entries: Entries) -> None:
        """More of a journal."""
        journal = self._journals.get(entries.name)
        if journal is not None:
            self._told.take(journal, entries.records)
            return
        nameless = self._nameless.get(entries.name)
        if nameless is None:
            nameless = self._nameless[entries.name] = _Nameless(*(key_of(entries.name) or (0, 0)), entries.texts)
        nameless.hold(entries.records)
        self.look()

    def look(self) -> None:
        """See whose each journal is that has no process yet; one that becomes known can make others known."""
        found = bool(self._nameless)
        while found:
            found = False
            for name, nameless in list(self._nameless.items()):
                process = None if nameless.hello is None else self._process_of(nameless, nameless.hello)
                if process is not None:
                    del self._nameless[name]
                    self._attach(name, nameless, process)
                    found = True

    def finish(self) -> None:
        """Nothing more will come: who is not known by now is somebody of his own."""
        for name, nameless in self._nameless.items():
            hello = nameless.hello
            if hello is not None:
                kind = ProcessKind.FORKED if hello.flags == probe.FORK else ProcessKind.SUBPROCESS
                process = self._who.named(nameless.pid, hello.f)
                if process is None:
                    process = self._who.stray(kind, _short_name(nameless.argv), hello.b, hello.t)
                self._attach(name, nameless, process)
        self._nameless.clear()

    def _attach(self, name: str, nameless: _Nameless, process: Process) -> None:
        hello = nameless.hello
        assert hello is not None
        forks = self._forks.setdefault(name, {})
        journal = self._journals[name] = ProcessJournal(nameless.pid, process, nameless.texts, forks)
        if process.id in self._claimed:
            self._who.executed_another(process, nameless.key)
        self._claimed.add(process.id)
        if hello.flags == probe.FORK:
            self._ends.born(process, self._origin.at(hello.t))
            self._forks.setdefault(_parents_name(hello), {})[hello.word] = process
            parent = self._journals.get(_parents_name(hello))
            if parent is not None:
                self._told.forked(parent, hello.word)
        self._who.claim(process, nameless.pid, hello.f or self._who.ticks.get(process.id, 0))
        self._seen.writes(process, nameless.pid, nameless.key)
        self._told.spawned(process, nameless.pid, hello.t)
        for slots in nameless.held:
            self._told.take(journal, slots)

    def _process_of(self, nameless: _Nameless, hello: Record) -> Process | None:
        same = self._who.named(hello.a, hello.f) if hello.f else None
        if same is not None:
            return same  # it has executed another interpreter since
        if self._launched is not None and hello.a == self._launched[0] and hello.f in (self._launched[1], 0):
            return self._timeline.process(1)
        argv = nameless.argv
        if hello.flags == probe.FORK:
            parent = self._journals.get(_parents_name(hello))
            if parent is None:
                return None
            if hello.e:
                return self._who.child(parent.process, hello.e, hello.d)
            if parent.process.kind is not ProcessKind.HELPER:
                return self._who.stray(ProcessKind.FORKED, f"fork of {parent.process.name}", hello.b, hello.t)
        else:
            helper = _helper_name(argv)
            if helper:
                return self._who.stray(ProcessKind.HELPER, helper, hello.b, hello.t)
        for record in nameless.began:
            parent_process = self._who.with_pid(record.b, record.t)
            if parent_process is not None:
                return self._who.child(parent_process, record.a, record.t)
        for known in self._who.all_with_pid(hello.a):
            if known.id not in self._claimed and known.start_called_ns is not None:
                return known
            if hello.f and known.id in self._claimed and known.id not in self._who.ticks and not known.ended:
                return None  # it may have executed another interpreter: what the keeper saw tells
        if argv and "--multiprocessing-fork" not in argv:
            return self._who.stray(ProcessKind.SUBPROCESS, _short_name(argv), hello.b, hello.t)
        return None


def _parents_name(hello: Record) -> str:
    """What the journal of who forked the process that says this is called."""
    return f"{hello.b}-{hello.d}.journal"


def _helper_name(argv: list[str]) -> str | None:
    """What a process that multiprocessing starts for itself is called, by its command line."""
    for part in argv[1:]:
        match = _HELPER.match(part)
        if match is not None and match[1] in _HELPERS:
            return _HELPERS[match[1]]
    return None


def _short_name(argv: list[str]) -> str:
    parts = [part.rpartition("/")[2] for part in argv[:1]] + argv[1:3]
    text = " ".join(parts) or "process"
    return text if len(text) <= 60 else text[:59] + "…"
