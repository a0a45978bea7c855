"""The facts: every record in words, with nothing interpreted. No QApplication."""

import pkgutil
import subprocess
import sys

import pytest
from support.builders import MS, SECOND, joined_run, running_run, traced_run
from support.paths import ROOT

from desktop import facts
from desktop.facts.fact import Fact, as_text
from desktop.facts.formatting import UNKNOWN, format_moment, format_span
from desktop.facts.interval_facts import interval_words
from desktop.facts.naming import process_title
from desktop.facts.process_columns import COLUMNS
from desktop.facts.selection import (
    CallSelection,
    IntervalSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    TaskSelection,
)
from desktop.facts.sheets import describe
from desktop.facts.visible_text import visible
from workers.analysis.measure import measure
from workers.plan.listing import make_listing
from workers.timeline.model import CallName, Process, ProcessKind, Request, SpanKind, Watched
from workers.timeline.timeline import Timeline


def cell(timeline: Timeline, process: Process, label: str) -> str:
    column = next(column for column in COLUMNS if column.label == label)
    return column.text(timeline, process)


def sheet(timeline: Timeline, selection: Selection) -> dict[str, str]:
    found = describe(timeline, selection)
    assert found is not None
    return {fact.label: fact.text for fact in found.facts}


def test_the_room_needs_no_qt() -> None:
    names = [f"desktop.facts.{module.name}" for module in pkgutil.iter_modules(facts.__path__)]
    code = f"import sys, {', '.join(names)}; assert not any(name.startswith('PySide6') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Größe ✓", "Größe ✓"),
        ("a\x1b[31mred", "a‹ESC›[31mred"),
        ("a\tb", "a→ b"),
        ("nul\0", "nul‹NUL›"),
        ("\x7f", "‹DEL›"),
        ("\u202eabc", "‹U+202E›abc"),
        ("\x9b", "‹U+009B›"),
        ("\udcff", "‹FF›"),
        ("<img src=x>", "<img src=x>"),
    ],
)
def test_visible_writes_out_what_has_no_picture(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_moments_and_durations() -> None:
    assert format_moment(None) == UNKNOWN
    assert format_moment(1_234_567_890) == "1.235 s"
    assert format_moment(803_443_470, 64_000) == "0.803443 s"
    assert format_moment(2 * 3600 * SECOND + 1_234_567, 1_000) == "7,200.001234567 s"
    assert format_span(0, 56_700_000, 9) == "56.7 ms"
    assert format_span(SECOND, None, 3 * SECOND) == "2.000 s so far"


def test_the_columns_of_a_joined_worker() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    worker = timeline.process(3)
    assert cell(timeline, worker, "Name") == "Process-2"
    assert cell(timeline, worker, "Pid") == "1002"
    assert cell(timeline, worker, "Parent pid") == "1000"
    assert cell(timeline, worker, "State") == "joined"
    assert cell(timeline, worker, "Start called") == "0.050 s"
    assert cell(timeline, worker, "Exit code") == "SIGKILL (-9)"
    assert cell(timeline, worker, "Target ended") == UNKNOWN
    assert cell(timeline, timeline.process(1), "Parent pid") == UNKNOWN


def test_the_columns_name_every_time_field() -> None:
    labels = [column.label for column in COLUMNS]
    for label in ("Start called", "Start returned", "Target began", "Target ended", "Exited", "Reaped", "Joined"):
        assert label in labels


def test_globals_show_the_last_value_seen_of_each() -> None:
    timeline = joined_run(2)
    timeline.watched.append(Watched(2, "a", 1, "began", "[None]"))
    timeline.watched.append(Watched(2, "b", 1, "began", "1"))
    timeline.watched.append(Watched(2, "a", 2, "ended", "[True]"))
    assert cell(timeline, timeline.process(2), "Globals at the end") == "a = [True]; b = 1"
    assert sheet(timeline, ProcessSelection(2))["a at the beginning"] == "[None]"
    assert sheet(timeline, ProcessSelection(2))["a at the end"] == "[True]"


def test_an_exit_seen_only_within_a_bracket_says_so() -> None:
    timeline = joined_run(1)
    timeline.process(2).exited_within_ns = 2 * MS
    assert sheet(timeline, ProcessSelection(2))["Exited"].endswith("± 1 ms")


def test_a_process_that_was_lost() -> None:
    timeline = running_run(1)
    worker = timeline.process(2)
    worker.lost, worker.lost_ns, worker.error = True, 300 * MS, "the keeper died"
    assert cell(timeline, worker, "Exit code") == "lost"
    known = sheet(timeline, ProcessSelection(2))
    assert known["Error"] == "the keeper died"
    assert known["Lifetime"] == "260 ms"


def test_a_wait_that_goes_on() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    call.timeout_s, call.file, call.line, call.step = 1.5, "parent.py", 7, 1
    known = sheet(timeline, CallSelection(1, 0, call=call.id))
    assert known["Duration"] == "400 ms so far"
    assert known["Timeout"] == "1.500 s"
    assert timeline.plan is not None
    assert known["Called at"] == f"line {make_listing(timeline.plan).step_lines[1]} of the plan's script"
    assert "Returned" not in known
    assert "Result" not in known


def test_a_script_says_its_own_file_and_line() -> None:
    timeline = running_run(1)
    timeline.plan = None
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    call.file, call.line = "my train.py", 7
    assert sheet(timeline, CallSelection(1, 0, call=call.id))["Called at"] == "my train.py:7"


def test_a_wait_ends_with_its_caller() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    timeline.process(1).exited_ns = 300 * MS
    timeline.touch(1)
    known = sheet(timeline, CallSelection(1, 0, call=call.id))
    assert known["Returned"] == "never: its caller ended first"
    assert known["Duration"] == "200 ms"
    assert timeline.lane(1).inner.t1.tolist() == [300 * MS]


def test_a_question_that_waited_says_how_long() -> None:
    timeline = running_run(1)
    timeline.requests[5] = Request(5, "alive", 1, 100 * MS, 400 * MS)
    call = timeline.add_call(1, CallName.IS_ALIVE, 2, 400 * MS)
    call.ended_ns, call.result, call.request = 401 * MS, True, 5
    known = sheet(timeline, CallSelection(2, 0, call=call.id))
    assert known["Asked for"] == "0.100 s, 300 ms before the parent was free for it"


def test_a_join_that_timed_out_and_an_answer() -> None:
    timeline = running_run(1)
    join = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    join.ended_ns, join.result = 200 * MS, False
    asked = timeline.add_call(1, CallName.IS_ALIVE, 2, 210 * MS)
    asked.ended_ns, asked.result = 211 * MS, True
    assert sheet(timeline, CallSelection(1, 0, call=join.id))["Result"].startswith("timed out")
    assert sheet(timeline, CallSelection(1, 0, call=asked.id))["Result"] == "True"


def test_a_phase_tells_when_it_was() -> None:
    timeline = joined_run(1)
    known = sheet(timeline, PhaseSelection(2, 0, phase=SpanKind.ALIVE))
    assert (known["Phase"], known["Phase began"], known["Phase lasted"]) == ("alive", "0.042 s", "1.000 s")
    assert known["Name"] == "Process-1"


def test_a_line_in_full_with_what_was_cut() -> None:
    timeline = running_run(1)
    timeline.add_line(None, "stderr", 10 * MS, "<b>x</b>\x00", cut=True)
    line = timeline.lines[-1]
    known = sheet(timeline, LineSelection(1, 0, line=line.number))
    assert known["Printed by"] == UNKNOWN
    assert known["Text"] == "<b>x</b>‹NUL› … (cut here)"


@pytest.mark.parametrize(
    "selection", [ProcessSelection(9), ProcessSelection(0), CallSelection(1, 0, call=99), LineSelection(1, 0, line=99)]
)
def test_what_the_run_does_not_have(selection: Selection) -> None:
    assert describe(running_run(1), selection) is None


def test_a_name_that_looks_like_markup_stays_text() -> None:
    timeline = Timeline()
    process = timeline.add_process("<img src=x>\x1b", ProcessKind.PROGRAM)
    assert process_title(process) == "<img src=x>‹ESC›"


def test_as_text() -> None:
    assert as_text([Fact("Pid", "1"), Fact("Name", "x")]) == "Pid: 1\nName: x"


def test_what_is_not_known_of_an_interval_is_not_called_none() -> None:
    timeline = traced_run(2)
    measured = sheet(timeline, IntervalSelection.between(0, SECOND))
    assert measured["Processes alive"] == "unknown; the trace has spans of 2"
    assert (measured["Spans begun"], measured["Spans ended"]) == ("6", "0")
    assert "Tasks begun" not in measured
    assert interval_words(measure(timeline, 0, SECOND)) == ("1.000 s", "spans of 2 processes", "6 begun, 0 ended")


def test_cpu_time_is_at_least_what_was_last_seen_of_a_process_whose_end_was_not() -> None:
    timeline = joined_run(1)
    worker = timeline.process(2)
    worker.cpu_s, worker.cpu_whole = 0.4, True
    assert cell(timeline, worker, "CPU") == "400 ms"
    worker.cpu_whole = False
    assert cell(timeline, worker, "CPU") == "at least 400 ms"
    worker.cpu_s = 0.0
    assert cell(timeline, worker, "CPU") == UNKNOWN
    worker.exited_ns = None
    assert cell(timeline, worker, "CPU") == "< 10 ms"


def test_what_lasts_a_moment_begins_and_ends_at_different_times() -> None:
    timeline = joined_run(1)
    measured = sheet(timeline, IntervalSelection.between(SECOND + 250, SECOND + 1_500))
    assert (measured["From"], measured["To"]) == ("1.000000250 s", "1.000001500 s")
    task = timeline.begin_task(2, "square", 200 * MS)
    timeline.finish_task(task, 200 * MS + 64_000, None)
    known = sheet(timeline, TaskSelection(2, 200 * MS, task=1))
    assert (known["Began"], known["Ended"]) == ("0.200000 s", "0.200064 s")
