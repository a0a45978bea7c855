"""A run that would take more of the disk than the user allows: it runs on, and the rest is for starts, exits and joins."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import procession
from support.scripts import script_path

from desktop.cli.usage import add_disk_limit_option
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import script_program
from workers.formats.run_reader import read_run
from workers.runs.limits import MOST_BYTES, Limits, save_limits
from workers.runs.run_folders import run_folders, size_of
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline

if not sys.platform.startswith("linux"):
    pytest.skip("as Linux counts blocks", allow_module_level=True)

NOTES = 100_000
"""The room for files that are not counted, such as the keeper's notes and the ends of blocks."""


def limited(limit: int, *words: str) -> tuple[Timeline, int]:
    """Record `filling.py` with this limit. Returns the run as it is read again, and its size on the disk."""
    run = LocalEngine(script_program(str(script_path("filling.py")), *words, python=sys.executable), disk_limit=limit)
    run.start()
    while not run.wait(0.1):
        pass
    run.close()
    assert run.result().exit_code == 7
    return read_run(run.folder), size_of(run.folder)


def test_tasks_beyond_the_limit_are_counted_and_the_script_is_the_same() -> None:
    bare = subprocess.run(
        [sys.executable, script_path("filling.py"), "tasks", "30000"], capture_output=True, check=False
    )
    done = procession("record", "--json", "--disk-limit", "1M", script_path("filling.py"), "tasks", "30000")
    assert done.code == bare.returncode == 7
    said = json.loads(done.out)
    assert done.err.splitlines() == [f"procession: {warning}" for warning in said["lost"]["warnings"]]
    (run,) = run_folders()
    assert size_of(run) < 1_000_000 + NOTES
    kept = len(said["tasks"])
    assert 5000 < kept < 15_000
    assert [warning.partition(":")[0] for warning in said["lost"]["warnings"]] == [
        "The run has taken nearly all of the 1 MB of disk that it may",
        f"{30_000 - kept:,} tasks began after the run had taken the disk that it may, and are not recorded.",
    ]
    # What began afterwards is there with its start, its exit and the join.
    late = [process for process in said["processes"] if process["name"].startswith("late")]
    assert [process["exit_code"] for process in late] == [3] * 20
    assert all(process["start_called_s"] and process["exited_s"] and process["joined_s"] for process in late)
    assert len([call for call in said["calls"] if call["call"] == "join" and call["process"] == late[-1]["id"]]) == 1


def test_the_users_own_limit_holds_for_printed_lines_which_still_arrive() -> None:
    save_limits(Limits(run_bytes=10**7))
    done = procession("record", script_path("filling.py"), "lines", "240000")
    assert (done.code, done.out.count(b"\n")) == (7, 240_000)
    (run,) = run_folders()
    assert 8_000_000 < size_of(run) < 10_000_000 + NOTES
    timeline = read_run(run)
    assert timeline.dropped_output_bytes > 1_000_000
    assert [process.exit_code for process in timeline.processes[1:]] == [3] * 20


def test_when_nothing_is_left_the_program_runs_on() -> None:
    timeline, size = limited(100_000, "tasks", "3000")
    assert size < 100_000 + NOTES
    assert len(timeline.tasks) + timeline.left_out_tasks == 3000
    timeline, size = limited(100_000, "forks", "400")
    assert size < 100_000 + 300_000  # the keeper goes on to note the exits
    assert timeline.exit_code == 7
    ended = [process for process in timeline.processes[1:] if process.exited_ns is not None]
    assert len(ended) >= 380
    assert any(call.name is CallName.START for call in timeline.calls)


def test_less_than_a_run_needs_is_refused_in_one_sentence() -> None:
    for size in ("10k", "0", "much", "3 s"):
        done = procession("record", "--disk-limit", size, script_path("filling.py"))
        assert done.code == 2
        assert len(done.err.splitlines()) == 1
    assert run_folders() == []


def test_the_processes_of_a_plan_are_limited_too(tmp_path: Path) -> None:
    out = tmp_path / "run.procession"
    done = procession("run", "--workers", "2", "--sizes", "1000", "--disk-limit", "1M", "--json", "-o", out)
    assert done.code == 0
    assert json.loads(done.out)["lost"]["warnings"] == []
    assert out.exists()


def test_what_is_said_holds_when_there_is_no_room_for_the_joins_either() -> None:
    timeline, _ = limited(1_000_000, "forks", "500")
    assert len([call for call in timeline.calls if call.name is CallName.JOIN]) < 500
    assert timeline.warnings[0].endswith("what is left of it is for starts, exits and joins.")
    assert timeline.warnings[1] == (
        "The journal of filling.py could not be made longer: what it did after that is not known."
    )


def test_a_command_may_give_a_run_as_much_as_the_window() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_disk_limit_option(parser)
    assert parser.parse_args(["--disk-limit", "1000G"]).disk_limit == MOST_BYTES
    with pytest.raises(argparse.ArgumentError, match="from 1 to 1000G"):
        parser.parse_args(["--disk-limit", "1001G"])
