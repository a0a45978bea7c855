"""Finds the children that nobody announces: those that C code starts, and those of programs that are no Python. Runs in the
keeper.

Where the kernel tells of every birth (see kernel_events) none is missed, however short its life. Elsewhere the children of
the living are looked at now and then, and one that ends at once can be missed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from workers.keeper.kernel_events import Birth, Death, Heard
from workers.system import processes
from workers.system.processes import Observer

_TO_ANNOUNCE_NS = 20_000_000
"""How long a child is waited for that may announce itself, or be announced by its parent."""
_BIRTH_S = 0.01
"""How long a child is looked for that is about to be born."""
MISSED = "More processes began and ended at once than could be listened to: short-lived children of programs that are no Python may be missing."  # noqa: E501


@dataclass(frozen=True, slots=True)
class FoundChild:
    """A child that nobody announced. ticks: -1 when it is gone. thread: the one of its parent that made it, where that is
    known, else 0, as is born_ns. death: where it is gone and that is known."""

    pid: int
    ticks: int
    name: str
    parent: int
    thread: int = 0
    born_ns: int = 0
    death: Death | None = None


class UnreportedChildren:
    """Tells `found` of every child of the processes of a run that nobody announced. heard: what the kernel tells."""

    def __init__(self, heard: Heard | None, observer: Observer, found: Callable[[FoundChild], None]) -> None:
        self._heard = heard
        self._observer = observer
        self._found = found
        self._known: set[int] = set()  # pids that live and are watched
        self._waiting: dict[int, Birth] = {}
        self._overruns = 0
        self._polls = True

    @property
    def missed(self) -> bool:
        """Whether the kernel told of more than could be heard."""
        return self._overruns > 0

    def begin(self, program: int) -> None:
        """The program has been started."""
        if self._heard is not None and self._heard.born(program) is not None:
            self._heard.follow(program)
            self._polls = False

    def announced(self, pid: int, *, began_ns: int = 0, there_ns: int | None = None) -> None:
        """This one told of itself, having been there at that moment, or its parent told of it, having begun then."""
        self._hear()
        self._known.add(pid)
        birth = self._waiting.get(pid)
        if birth is not None and began_ns <= birth.at_ns and (there_ns is None or birth.at_ns <= there_ns):
            del self._waiting[pid]

    def ended(self, pid: int) -> None:
        """This one, which was watched, has ended: another can have its pid from now on."""
        self._known.discard(pid)

    def listen(self, *, last: bool = False) -> None:
        """Tell of those that have had time to be announced; if it is the last time, of all."""
        self._hear()
        now_ns = time.perf_counter_ns()
        for birth in list(self._waiting.values()):
            if not last and now_ns - birth.at_ns < _TO_ANNOUNCE_NS:
                return
            del self._waiting[birth.pid]
            self._tell(birth)

    def look_at(self, parent: int) -> None:
        """Find the children of a living process, where the kernel does not tell of them."""
        if self._polls:
            self._find(parent)

    def look_out(self, parent: int) -> None:
        """This process is about to have a child that nobody will announce."""
        until_s = time.monotonic() + _BIRTH_S
        while self._polls and not self._find(parent) and time.monotonic() < until_s:
            time.sleep(_BIRTH_S / 30)

    def _hear(self) -> None:
        heard = self._heard
        if heard is None:
            return
        for birth in heard.newborn():
            before = self._waiting.pop(birth.pid, None)
            if before is not None:
                self._tell(before)  # it is gone: another has its pid
            self._known.discard(birth.pid)
            self._waiting[birth.pid] = birth
        if heard.overruns != self._overruns:
            self._overruns = heard.overruns
            self._polls = True

    def _tell(self, birth: Birth) -> None:
        ticks = None if birth.death is not None else self._observer.add(birth.pid)
        name = ""
        if ticks is not None:
            self._known.add(birth.pid)
            name = processes.command_name(birth.pid)
        elif birth.death is None and self._heard is not None:
            self._heard.read()  # it ended only now
        self._found(FoundChild(birth.pid, -1 if ticks is None else ticks, name, birth.parent, birth.thread, birth.at_ns,
                          birth.death if ticks is None else None))  # fmt: skip

    def _find(self, parent: int) -> bool:
        """Whether there were any."""
        found = False
        for child in processes.children(parent):
            if child in self._known or child in self._waiting:
                continue
            ticks = self._observer.add(child)
            if ticks is not None:
                self._known.add(child)
                if self._heard is not None:
                    self._heard.follow(child)
                self._found(FoundChild(child, ticks, processes.command_name(child), parent))
                found = True
        return found
