"""The report as text: to the byte what json.dumps makes of it, in pieces."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.builders import SECOND, joined_run, running_run, threaded_run, traced_run

from workers.analysis.balance import worker_columns
from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_time import WorkerTime, worker_time
from workers.errors import ProcessionError
from workers.report.long_lists import made, rows
from workers.report.report import report
from workers.report.report_json import report_pieces
from workers.report.seconds import seconds
from workers.timeline.model import CallName, Process, ProcessKind, Suspend, Watched
from workers.timeline.timeline import Timeline

WILD = 'a "quoted" \\ word\n\t\x00 é 😀 \ud800 </script>'


def wild_run() -> Timeline:
    """Names, times and lists of every kind."""
    timeline = joined_run(3, exit_codes={2: -9})
    timeline.argv = ("python", WILD)
    timeline.process(2).name = WILD
    timeline.process(3).exited_ns = 17
    timeline.add_line(None, "stderr", 1, WILD)
    timeline.warnings.append(WILD)
    timeline.watched.append(Watched(2, WILD, 5, "began", "{'a': [1, 2]}"))
    timeline.suspends.append(Suspend(1, 2))
    call = timeline.add_call(1, CallName.JOIN, None, -3)
    call.timeout_s, call.result = 1e-7, None
    for odd in (float("inf"), float("nan")):
        timeline.add_call(1, CallName.JOIN, 2, 5).timeout_s = odd
    timeline.process(3).cpu_s, timeline.process(4).cpu_s, timeline.process(4).peak_rss_bytes = -0.0, 2e16, 1 << 70
    for process, name, began, ended, error in (
        (2, "slow", 5 * SECOND, 6 * SECOND, None), (3, WILD, 5 * SECOND, None, None), (2, "tiny", 3, 4, "ValueError"),
        (3, "far", 1 << 60, (1 << 60) + 1, None), (2, "before", -7, 0, WILD), (3, "slow", 123_456_789, 10**15 + 1, None),
    ):  # fmt: skip
        task = timeline.begin_task(process, name, began)
        if began % 2:
            timeline.submit_task(task, began - 1)
        if ended is not None:
            timeline.finish_task(task, ended, error)
    return timeline


def many_processes() -> Timeline:
    """More than one piece has; all but one of them are alike."""
    timeline = joined_run(1)
    for number in range(1200):
        timeline.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=1).born_ns = number * 1_000_003
    timeline.process(700).name, timeline.process(700).daemon = "100 % {other}", True
    return timeline


def many_tasks() -> Timeline:
    """More tasks than one piece has, of several workers, whose begins interleave."""
    timeline = joined_run(3)
    for process in (2, 3, 4):
        t0 = np.arange(12_000, dtype=np.int64) * 1_000_003 + 40 * (process % 2)
        timeline.add_tasks(process, t0, t0 + 977, timeline.tasks.names.number("square"), None, t0 - 11)
    return timeline


@pytest.mark.parametrize("made", [
    joined_run, running_run, threaded_run, traced_run, wild_run, many_tasks, many_processes, Timeline,
])  # fmt: skip
def test_it_is_the_text_of_the_data(made: Callable[[], Timeline]) -> None:
    timeline = made()
    assert "".join(report_pieces(timeline)) == json.dumps(report(timeline), indent=2) + "\n"


ODD = st.sampled_from(
    (None, False, True, 0, 1, 1 << 70, 0.0, -0.0, 1.0, 9.9e-05, 1e-05, 0.0001, 1e16, "", "null", "é", "%s")
)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())


@given(st.one_of(st.lists(ODD), st.lists(st.one_of(st.none(), st.floats())), st.lists(st.one_of(PLAIN, st.lists(ODD)))))
@example([1, True, 1.0, 1])
@example([0.0, -0.0, 0.0])
@example([[0], [False], [0]])
def test_each_value_of_a_column_has_its_own_text(values: list[Any]) -> None:
    look = {"same": made(lambda _value: None), "value": made(lambda value: value), "100 %": made(lambda _value: "é")}
    text = "".join(report_pieces(Timeline(), more=rows(values, look)))
    assert text == json.dumps({**report(Timeline()), "more": rows(values, look).records()}, indent=2) + "\n"


def test_more_keys_come_at_its_end() -> None:
    timeline, more = joined_run(1), {"comparison": {"figures": [{"a": 1.5}], "empty": [], "none": None}}
    assert "".join(report_pieces(timeline, **more)) == json.dumps({**report(timeline), **more}, indent=2) + "\n"


def test_no_piece_is_more_than_a_part() -> None:
    sizes = [len(piece) for piece in report_pieces(many_tasks())]
    assert max(sizes) < sum(sizes) / 3


def test_tasks_are_in_the_order_of_their_beginnings() -> None:
    tasks = json.loads("".join(report_pieces(many_tasks())))["tasks"]
    assert [task["id"] for task in tasks] == list(range(1, 36_001))
    assert [(task["began_s"], task["process"]) for task in tasks] == sorted(
        (task["began_s"], task["process"]) for task in tasks
    )


def test_the_time_of_each_worker_is_divided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(timeline: Timeline, process: Process) -> WorkerTime | None:
        asked.append(process.id)
        return worker_time(timeline, process)

    monkeypatch.setattr(worker_columns, "worker_time", counted)
    assert report(joined_run(3))["balance"]["workers_at_once"] == 3
    assert asked == [2, 3, 4]


@given(st.integers(-(1 << 62), 1 << 62))
def test_seconds_are_exact_to_the_nanosecond(ns: int) -> None:
    assert seconds(ns) == round(ns / 1e9, 9)


def test_what_can_fail_fails_before_the_text_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_timeline: Timeline, _balance: Balance | None) -> Iterator[object]:
        raise ProcessionError("no findings")

    monkeypatch.setattr("workers.report.report.findings", failing)
    with pytest.raises(ProcessionError):
        next(report_pieces(joined_run(1)))
