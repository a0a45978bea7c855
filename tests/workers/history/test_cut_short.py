"""Runs that were cut short with Procession itself: found at the next start, reported once, and tidied up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.kept_runs import folder, kept_run, recorded_run

from workers.history import cut_short
from workers.history.cut_short import end_leftover_processes, newly_cut_short, was_cut_short
from workers.history.summaries import read_summary
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER
from workers.recorded.probe import SLOT
from workers.runs.keeper_marks import write_keeper_pid
from workers.runs.leases import Lease
from workers.runs.run_folders import runs_folder
from workers.system import process_tree
from workers.timeline.model import EndedBy


@pytest.mark.parametrize(("ends", "cut_short"), [
    ((), True),
    ((Kind.ENDED,), False),
    ((EndedBy.PERSON, Kind.ENDED), False),
    ((EndedBy.OWNER_GONE, Kind.ENDED), True),
    ((EndedBy.PERSON, EndedBy.OWNER_GONE, Kind.ENDED), False),
    ((EndedBy.PERSON,), True),
    ((Kind.SAMPLE, Kind.PAUSED), True),
])  # fmt: skip
def test_the_keepers_journal_tells(ends: tuple[EndedBy | Kind, ...], cut_short: bool) -> None:
    run = recorded_run(1, *ends)
    assert was_cut_short(run) is cut_short
    assert (read_summary(run).outcome == "cut short") is cut_short  # as the timeline says


@pytest.mark.parametrize("slots", [(1 << 20) // SLOT - 1, (1 << 20) // SLOT, (1 << 20) // SLOT + 1])
def test_a_long_journal_is_read_whole(slots: int) -> None:
    run = recorded_run(1)
    journal = (run / KEEPER).read_bytes().rstrip(b"\0")
    journal += bytes(-len(journal) % SLOT)
    sample = bytes([Kind.SAMPLE]) + bytes(SLOT - 1)
    ending = bytearray(bytes([Kind.ENDING]) + bytes(SLOT - 1))
    ending[16] = EndedBy.OWNER_GONE
    padding = sample * (slots - len(journal) // SLOT)
    (run / KEEPER).write_bytes(journal + padding + ending + bytes([Kind.ENDED]) + bytes(SLOT - 1))
    assert was_cut_short(run)
    (run / KEEPER).write_bytes(journal + padding + bytes([Kind.ENDED]) + bytes(SLOT - 1))
    assert not was_cut_short(run)


def test_a_run_that_was_not_launched_or_cannot_be_read_was_not_cut_short(tmp_path: Path) -> None:
    assert not was_cut_short(folder(1))
    assert not was_cut_short(tmp_path / "gone")
    (folder(2) / KEEPER).write_bytes(bytes(4096))
    assert newly_cut_short() == []


def test_each_is_reported_once_the_newest_first() -> None:
    older, newer = recorded_run(1), recorded_run(2)
    recorded_run(3, Kind.ENDED)
    assert newly_cut_short() == [newer, older]
    assert newly_cut_short() == []


def test_runs_that_are_running_shown_or_listed_before_are_not_reported() -> None:
    going, shown, seen = recorded_run(1), recorded_run(2), kept_run(3)
    (seen / KEEPER).write_bytes((going / KEEPER).read_bytes())
    write_keeper_pid(going)
    lease = Lease(shown)
    assert newly_cut_short() == []
    lease.release()
    assert newly_cut_short() == [shown]


def test_a_run_that_begins_meanwhile_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder has a lease from before it is there, and a journal before its keeper is seen."""
    begun: list[Lease] = []

    def begins() -> None:
        if not begun:
            begun.append(Lease(runs_folder() / "20260101-120100-000000000001"))
            recorded_run(1)

    for look in (cut_short.run_folders, cut_short.leased_runs):
        monkeypatch.setattr(cut_short, look.__name__, lambda look=look: (look(), begins())[0])
    assert newly_cut_short() == []
    begun[0].release()
    assert [run.name for run in newly_cut_short()] == ["20260101-120100-000000000001"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="environments are read in /proc")
def test_leftover_processes_are_ended() -> None:
    run = recorded_run(1)
    environment = {**os.environ, process_tree.MARK: str(run)}
    mine = [subprocess.Popen(["sleep", "60"], env=environment) for _ in range(2)]
    other = subprocess.Popen(["sleep", "60"])
    assert end_leftover_processes(run) == 2
    assert [one.wait(10) for one in mine] == [-15, -15]
    assert other.poll() is None
    assert end_leftover_processes(run) == 0
    other.kill()
    other.wait()
