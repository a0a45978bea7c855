"""Finding the children that nobody announces: what the kernel told is told on once, and who announced himself is not."""

import os
import sys
import time

import pytest
from support.kernel_messages import EXIT, FORK, message

if not sys.platform.startswith("linux"):
    pytest.skip("elsewhere nothing tells of children", allow_module_level=True)

from workers.keeper.kernel_events import Death, Heard
from workers.keeper.unreported import FoundChild, UnreportedChildren

PROGRAM = 50


class Watching:
    """An observer of processes that are `there`; their ticks are a thousand times their pids."""

    def __init__(self) -> None:
        self.there: set[int] = set()

    def add(self, pid: int) -> int | None:
        """See Observer."""
        return pid * 1000 if pid in self.there else None

    def living(self) -> list[tuple[int, int]]:
        """See Observer."""
        return []

    def close(self) -> None:
        """See Observer."""


class Told:
    """A program that the kernel tells of, and what was found."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.watching = Watching()
        self.found: list[FoundChild] = []
        self.unannounced = UnreportedChildren(self.heard, self.watching, self.found.append)
        self.heard.take(message(FORK, 1, 1, 1, PROGRAM, PROGRAM))
        self.unannounced.begin(PROGRAM)

    def fork(self, pid: int, at_ns: int, parent: int = PROGRAM) -> None:
        """A birth."""
        self.heard.take(message(FORK, at_ns, parent, parent, pid, pid))

    def exit(self, pid: int, at_ns: int, code: int = 0) -> None:
        """A death."""
        self.heard.take(message(EXIT, at_ns, pid, pid, code << 8, 17))


def test_a_child_that_ended_before_anybody_looked_is_found_with_its_end() -> None:
    told = Told()
    told.fork(60, 100)
    told.exit(60, 200, 5)
    told.unannounced.listen()
    told.unannounced.listen(last=True)
    assert told.found == [FoundChild(60, -1, "", PROGRAM, PROGRAM, 100, Death(200, 5))]


def test_a_child_that_lives_is_watched_and_has_the_name_of_its_command() -> None:
    told = Told()
    told.watching.there.add(os.getpid())
    told.fork(os.getpid(), 100)
    told.unannounced.listen()
    (found,) = told.found
    assert (found.ticks, found.born_ns, found.death) == (os.getpid() * 1000, 100, None)
    assert "python" in found.name


def test_who_is_announced_is_not_told_of() -> None:
    told = Told()
    for pid in (60, 61, 62):
        told.fork(pid, pid)
    told.unannounced.announced(60, there_ns=70)
    told.unannounced.announced(61, began_ns=55)
    told.unannounced.listen()
    assert [found.pid for found in told.found] == [62]


def test_what_announced_another_that_had_the_pid_announces_nobody() -> None:
    told = Told()
    told.fork(60, 100)
    told.unannounced.announced(60, there_ns=90)
    told.unannounced.announced(60, began_ns=110)
    told.unannounced.listen()
    assert [(found.pid, found.born_ns) for found in told.found] == [(60, 100)]


def test_two_that_had_one_pid_are_both_told_of() -> None:
    told = Told()
    told.fork(60, 100)
    told.exit(60, 200, 1)
    told.fork(60, 300)
    told.exit(60, 400, 2)
    told.unannounced.listen()
    assert [(found.born_ns, found.death) for found in told.found] == [(100, Death(200, 1)), (300, Death(400, 2))]


def test_one_just_born_has_time_to_announce_itself_until_the_end() -> None:
    told = Told()
    told.fork(60, time.perf_counter_ns() + 10**12)  # so that no machine is slow enough
    told.unannounced.listen()
    assert not told.found
    told.unannounced.listen(last=True)
    assert [found.pid for found in told.found] == [60]


def test_children_of_children_and_of_no_others() -> None:
    told = Told()
    told.fork(60, 100)
    told.fork(61, 110, parent=60)
    told.fork(70, 120, parent=2)
    told.fork(71, 130, parent=70)
    told.unannounced.listen()
    assert [(found.pid, found.parent) for found in told.found] == [(60, PROGRAM), (61, 60)]


def test_the_living_are_looked_at_only_where_the_kernel_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.system.processes.children", lambda pid: [60])
    told = Told()
    told.watching.there.add(60)
    told.unannounced.look_at(PROGRAM)
    assert not told.found
    told.heard.forget()
    told.unannounced.listen()
    assert told.unannounced.missed
    told.unannounced.look_at(PROGRAM)
    told.unannounced.look_at(PROGRAM)
    assert [(found.pid, found.ticks, found.born_ns) for found in told.found] == [(60, 60_000, 0)]
    told.unannounced.ended(60)
    told.unannounced.look_out(PROGRAM)
    assert len(told.found) == 2
