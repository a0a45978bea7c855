"""Runs whose files were damaged after they were recorded: what is shown was recorded, and what is missing is counted."""

import random
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from support.journals import made
from support.recording import recording
from support.scripts import script_path

from workers.engines.programs import script_program
from workers.errors import OpenError
from workers.formats.run_reader import read_run
from workers.journal.checksums import damaged_slots, write_checksums
from workers.journal.process_kinds import WorkerTask
from workers.journal.run_files import CHECKSUMS, OUTPUT
from workers.journal.slots import Slots
from workers.recorded.probe import SLOT, TASK_OVER
from workers.report.report import report
from workers.timeline.timeline import Timeline


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with tasks, forks, joins and printed lines."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with recording(script_program(str(script_path("filling.py")), "tasks", "300", python=sys.executable)) as live:
        live.finish()
        shutil.copytree(live.run.folder, folder)
    return folder


def times_of(timeline: Timeline) -> dict[str, list[tuple[float | None, ...]]]:
    """The moments of each process, call and task, in the order in which they can only be."""
    said = report(timeline)
    return {
        "processes": [
            tuple(one[name] for name in ("start_called_s", "target_began_s", "target_ended_s", "exited_s", "reaped_s"))
            for one in said["processes"]
        ],
        "calls": [(one["began_s"], one["ended_s"]) for one in said["calls"]],
        "tasks": [(one["submitted_s"], one["began_s"], one["ended_s"]) for one in said["tasks"]],
    }


def check(timeline: Timeline, whole: Timeline) -> None:
    """Fail where a time is outside of the run, or before another that comes before it."""
    last_s = whole.now_ns / 1e9
    assert timeline.now_ns <= whole.now_ns
    for what, all_of_them in times_of(timeline).items():
        for times in all_of_them:
            known = [time for time in times if time is not None]
            assert all(-0.001 <= time <= last_s + 0.001 for time in known), (what, times)
            assert all(one <= other + 0.001 for one, other in pairwise(known)), (what, times)
    assert {(line.at_ns, line.text) for line in timeline.lines} <= {(line.at_ns, line.text) for line in whole.lines}
    assert {task[1:] for task in times_of(timeline)["tasks"]} <= {task[1:] for task in times_of(whole)["tasks"]}


def counted(timeline: Timeline) -> int:
    """How many damaged records the warnings name."""
    text = " ".join(timeline.warnings)
    match = re.search(r"([\d,]+) records are damaged", text)
    return int(match[1].replace(",", "")) if match else int("One record is damaged" in text)


def test_a_run_is_whole_and_says_nothing_of_damage(run: Path) -> None:
    assert (run / CHECKSUMS).exists()
    assert damaged_slots(run) == {}
    check(read_run(run), read_run(run))
    assert counted(read_run(run)) == 0


def test_damaged_bits_are_counted_and_never_become_times(run: Path, tmp_path: Path) -> None:
    whole = read_run(run)
    contents = {path.name: path.read_bytes() for path in [*run.glob("*.journal"), run / OUTPUT]}
    seed = random.SystemRandom().randrange(1 << 32)
    choose = random.Random(seed)
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    opened = 0
    for _ in range(60):
        changed = {name: bytearray(content) for name, content in contents.items()}
        slots = set()
        for _ in range(choose.choice((1, 1, 3, 30))):
            name = choose.choice(sorted(changed))
            written = len(contents[name].rstrip(b"\0"))
            at = choose.randrange(min(len(contents[name]), written + 200))
            changed[name][at] ^= 1 << choose.randrange(8)
            slots.add((name, at // SLOT if name != OUTPUT else 0))
        printed = (OUTPUT, 0) in slots
        slots = {(name, at) for name, at in slots if name != OUTPUT and
                 changed[name][at * SLOT : (at + 1) * SLOT] != contents[name][at * SLOT : (at + 1) * SLOT]}  # fmt: skip
        for name, content in changed.items():
            (folder / name).write_bytes(content)
        try:
            timeline = read_run(folder)
        except OpenError:
            continue  # the record of the program's launch
        opened += 1
        try:
            assert len(slots) <= counted(timeline) <= len(slots) + (30 if printed else 0)
            check(timeline, whole)
        except AssertionError as error:
            error.add_note(f"seed {seed}; changed: {sorted(slots)}; kept in {tmp_path}")
            raise
    assert opened > 40


def test_damaged_checksums_cost_no_record(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    whole = times_of(read_run(run))
    sums = (run / CHECKSUMS).read_bytes()
    choose = random.Random()
    for _ in range(40):
        content = bytearray(sums)
        content[choose.randrange(len(content))] ^= 1 << choose.randrange(8)
        (folder / CHECKSUMS).write_bytes(content[: choose.randrange(len(content)) if choose.random() < 0.3 else None])
        assert times_of(read_run(folder)) == whole
    (folder / CHECKSUMS).unlink()  # as in a run of an earlier version
    assert times_of(read_run(folder)) == whole


def test_a_result_that_is_pickled_after_the_end_of_the_run_is_no_damage(tmp_path: Path) -> None:
    """A worker may outlive the run, and its last task had ended when the checksums were written."""
    name = "77-1234.journal"
    tasks = [made(WorkerTask, at, flags=TASK_OVER, bytes_out=at) for at in range(2)]
    (tmp_path / name).write_bytes(Slots.of(tasks).data)
    write_checksums(tmp_path, over=False)
    (tmp_path / name).write_bytes(Slots.of([tasks[0]._replace(bytes_out=9), tasks[1]]).data)
    assert damaged_slots(tmp_path) == {}
    (tmp_path / name).write_bytes(Slots.of([tasks[0], tasks[1]._replace(bytes_out=9)]).data)
    assert damaged_slots(tmp_path) == {name: {1}}
