"""Unreported children: each that the kernel reports is found once, and none that was reported otherwise."""

import os
import sys
import time
from pathlib import Path

import pytest
from support.kernel_messages import EXIT, FORK, message

if not sys.platform.startswith("linux"):
    pytest.skip("elsewhere children cannot be listed", allow_module_level=True)

from workers.keeper.observations import Death, UnreportedChild
from workers.keeper.watching.kernel_events import BirthsAndDeaths
from workers.keeper.watching.unreported import UnreportedChildren

PROGRAM = 50


class PresentProcesses:
    """An observer of the processes that are `present`; their ticks are a thousand times their pids."""

    def __init__(self) -> None:
        self.present: set[int] = set()

    def add(self, pid: int) -> int | None:
        """See ExitObserver."""
        return pid * 1000 if pid in self.present else None

    def living(self) -> list[tuple[int, int]]:
        """See ExitObserver."""
        return []

    def poll(self) -> None:
        """See ExitObserver."""

    def close(self) -> None:
        """See ExitObserver."""


class Family:
    """A program whose children the kernel reports, and what was found."""

    def __init__(self) -> None:
        self.events = BirthsAndDeaths()
        self.observer = PresentProcesses()
        self.found: list[UnreportedChild] = []
        self.unreported = UnreportedChildren(self.events, self.observer, self.found.append)
        self.events.take(message(FORK, 1, 1, 1, PROGRAM, PROGRAM))
        self.unreported.begin(PROGRAM)

    def fork(self, pid: int, at_ns: int, parent: int = PROGRAM) -> None:
        """A birth."""
        self.events.take(message(FORK, at_ns, parent, parent, pid, pid))

    def exit(self, pid: int, at_ns: int, code: int = 0) -> None:
        """A death."""
        self.events.take(message(EXIT, at_ns, pid, pid, code << 8, 17))


def test_a_child_that_ended_before_it_was_looked_at_is_found_with_its_end() -> None:
    family = Family()
    family.fork(60, 100)
    family.exit(60, 200, 5)
    family.unreported.check()
    family.unreported.check(last=True)
    assert family.found == [UnreportedChild(60, -1, "", PROGRAM, PROGRAM, 100, Death(200, 5))]


def test_a_child_that_lives_is_watched_and_has_the_name_of_its_command() -> None:
    family = Family()
    family.observer.present.add(os.getpid())
    family.fork(os.getpid(), 100)
    family.unreported.check()
    (found,) = family.found
    assert (found.ticks, found.born_ns, found.death) == (os.getpid() * 1000, 100, None)
    assert "python" in found.name


def test_reported_children_are_not_found() -> None:
    family = Family()
    for pid in (60, 61, 62):
        family.fork(pid, pid)
    family.unreported.reported(60, present_ns=70)
    family.unreported.reported(61, began_ns=55)
    family.unreported.check()
    assert [found.pid for found in family.found] == [62]


def test_a_report_of_an_earlier_process_with_the_pid_does_not_count() -> None:
    family = Family()
    family.fork(60, 100)
    family.unreported.reported(60, present_ns=90)
    family.unreported.reported(60, began_ns=110)
    family.unreported.check()
    assert [(found.pid, found.born_ns) for found in family.found] == [(60, 100)]


def test_two_children_that_had_one_pid_are_both_found() -> None:
    family = Family()
    family.fork(60, 100)
    family.exit(60, 200, 1)
    family.fork(60, 300)
    family.exit(60, 400, 2)
    family.unreported.check()
    assert [(found.born_ns, found.death) for found in family.found] == [(100, Death(200, 1)), (300, Death(400, 2))]


def test_a_newborn_child_has_time_to_be_reported_until_the_end() -> None:
    family = Family()
    family.fork(60, time.perf_counter_ns() + 10**12)  # so that no machine is slow enough
    family.unreported.check()
    assert not family.found
    family.unreported.check(last=True)
    assert [found.pid for found in family.found] == [60]


def test_children_of_children_and_of_no_others() -> None:
    family = Family()
    family.fork(60, 100)
    family.fork(61, 110, parent=60)
    family.fork(70, 120, parent=2)
    family.fork(71, 130, parent=70)
    family.unreported.check()
    assert [(found.pid, found.parent) for found in family.found] == [(60, PROGRAM), (61, 60)]


def test_children_are_listed_only_where_the_kernel_does_not_report_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.system.processes.children", lambda pid: [60])
    family = Family()
    family.observer.present.add(60)
    family.unreported.list_children(PROGRAM)
    assert not family.found
    family.events.forget()
    family.unreported.check()
    assert family.unreported.missed
    family.unreported.list_children(PROGRAM)
    family.unreported.list_children(PROGRAM)
    assert [(found.pid, found.ticks, found.born_ns) for found in family.found] == [(60, 60_000, 0)]
    family.unreported.ended(60)
    family.unreported.expect_child(PROGRAM)
    assert len(family.found) == 2


def test_a_child_whose_journal_has_no_room_is_found(tmp_path: Path) -> None:
    family = Family()
    with_content, empty, gone = (tmp_path / name for name in ("content", "empty", "gone"))
    with_content.write_bytes(b"record")
    empty.touch()
    for pid, journal in ((60, with_content), (61, empty), (62, gone)):
        family.fork(pid, pid)
        family.unreported.reported(pid, present_ns=100, journal=str(journal))
        family.exit(pid, 200)
    family.fork(63, 63)
    family.unreported.reported(63, present_ns=100, journal=str(gone))
    family.unreported.reported(63, began_ns=50)  # its parent reported it, too
    family.unreported.check(last=True)
    assert [found.pid for found in family.found] == [61, 62]
