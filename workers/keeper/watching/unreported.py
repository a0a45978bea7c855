"""Finds children that neither they nor their parents report: those started by C code or by programs that are not Python.

Runs in the keeper's main thread. Where the kernel reports every birth (see kernel_events) no child is missed, however short
its life. Elsewhere the children of the living processes are listed now and then, and one that ends at once can be missed.
"""

import os
import time
from collections.abc import Callable

from workers.keeper.observations import UnreportedChild
from workers.keeper.watching.exit_observers import ExitObserver
from workers.keeper.watching.kernel_events import Birth, BirthsAndDeaths
from workers.system import processes

MISSED = (
    "More processes began and ended at once than could be followed: "
    "short-lived children of programs that are not Python may be missing."
)
_TO_REPORT_NS = 20_000_000
"""How long a child has to report itself, or to be reported by its parent."""
_BIRTH_S = 0.01
"""How long to look for a child that is about to be born."""


class UnreportedChildren:
    """Calls `found` with each child of the run's processes that neither it nor its parent reported.

    other_users: those whose rights a recorded process has taken on, giving up root's, before it forked such a child.
    """

    def __init__(
        self, events: BirthsAndDeaths, observer: ExitObserver, found: Callable[[UnreportedChild], None]
    ) -> None:
        self._events = events
        self._observer = observer
        self._found = found
        self._watched: set[int] = set()  # pids of living processes
        self._recorded: set[int] = set()  # those of them that have a journal of their own
        self.other_users: set[int] = set()
        self._waiting: dict[int, Birth] = {}
        # Of those that wait: the file that each made, and when it was seen.
        self._journals: dict[int, tuple[str, int]] = {}
        self._own_user = os.geteuid() if hasattr(os, "geteuid") else None
        self._overruns = 0
        self._lists_children = True

    @property
    def missed(self) -> bool:
        """Whether the kernel reported more than could be read."""
        return self._overruns > 0

    def begin(self, program: int) -> None:
        """The program was launched."""
        if self._events.born(program) is not None:
            self._events.follow(program)
            self._lists_children = False

    def reported(
        self, pid: int, *, began_ns: int = 0, present_ns: int | None = None, journal: str | None = None
    ) -> None:
        """This process was reported.

        began_ns: reported by its parent, which began to start it then.
        present_ns: reported by itself, and it existed then.
        journal: reported by the file that it made for its journal. Where there is no room for more, it is gone again, or empty:
        then nothing is reported.
        """
        self._events.born(pid)  # its birth has been read by now, so that it is not reported again
        self._take_births()
        self._watched.add(pid)
        if present_ns is not None:
            self._recorded.add(pid)
        birth = self._waiting.get(pid)
        if birth is not None and began_ns <= birth.at_ns and (present_ns is None or birth.at_ns <= present_ns):
            if journal is not None:
                self._journals[pid] = journal, time.perf_counter_ns()
            else:
                del self._waiting[pid]
                self._journals.pop(pid, None)

    def ended(self, pid: int) -> None:
        """This process, which was watched, has ended: another can have its pid from now on."""
        self._watched.discard(pid)
        self._recorded.discard(pid)

    def check(self, *, last: bool = False) -> None:
        """Find the children that had time to be reported and were not, after the kernel's events were read.

        last: their time is over.
        """
        self._take_births()
        now_ns = time.perf_counter_ns()
        for birth in list(self._waiting.values()):
            _, since_ns = self._journals.get(birth.pid, ("", birth.at_ns))
            if not last and now_ns - since_ns < _TO_REPORT_NS:
                continue
            del self._waiting[birth.pid]
            self._report(birth)

    def list_children(self, parent: int) -> None:
        """Find the children of a living process, where the kernel does not report them."""
        if self._lists_children:
            self._list(parent)

    def expect_child(self, parent: int) -> None:
        """Find the child that this process is about to make and that will not be reported."""
        until_s = time.monotonic() + _BIRTH_S
        while self._lists_children and not self._list(parent) and time.monotonic() < until_s:
            time.sleep(_BIRTH_S / 30)

    def _take_births(self) -> None:
        for birth in self._events.newborn():
            earlier = self._waiting.pop(birth.pid, None)
            if earlier is not None:
                self._report(earlier)  # it is gone: this birth has its pid
            self._watched.discard(birth.pid)
            self._recorded.discard(birth.pid)
            self._waiting[birth.pid] = birth
        if self._events.overruns != self._overruns:
            self._overruns = self._events.overruns
            self._lists_children = True

    def _report(self, birth: Birth) -> None:
        journal, _ = self._journals.pop(birth.pid, ("", 0))
        if journal and _has_content(journal):
            return
        self._note_user(birth.parent)
        ticks = None if birth.death is not None else self._observer.add(birth.pid)
        if ticks is not None:
            self._watched.add(birth.pid)
            name = processes.command_name(birth.pid)
            child = UnreportedChild(birth.pid, ticks, name, birth.parent, birth.thread, birth.at_ns)
        else:
            if birth.death is None:
                self._events.read()  # it ended only now: its death may be known by now
            child = UnreportedChild(birth.pid, -1, "", birth.parent, birth.thread, birth.at_ns, birth.death)
        self._found(child)

    def _note_user(self, parent: int) -> None:
        if self._own_user == 0 and parent in self._recorded and (user := processes.user_of(parent)):
            self.other_users.add(user)

    def _list(self, parent: int) -> bool:
        """Whether any child was found."""
        found = False
        for child in processes.children(parent):
            if child in self._watched or child in self._waiting:
                continue
            ticks = self._observer.add(child)
            if ticks is not None:
                self._note_user(parent)
                self._watched.add(child)
                self._events.follow(child)
                self._found(UnreportedChild(child, ticks, processes.command_name(child), parent))
                found = True
        return found


def _has_content(path: str) -> bool:
    try:
        return os.stat(path).st_size > 0
    except OSError:
        return False
