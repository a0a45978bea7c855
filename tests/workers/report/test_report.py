"""The report: its promised shape, and true values on a timeline built by hand and on real runs."""

import json
import time
from typing import Any

import pytest
from support.builders import MS, SECOND, joined_run, running_run

from workers.engines.engine import now_ns
from workers.engines.local_engine import LocalEngine
from workers.folding.fold import Fold
from workers.plan.plan import Plan, StartMethod
from workers.report.report import report
from workers.report.run_text import findings_text, table, text_timeline
from workers.report.text_cells import cells
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

PROGRAM = {"argv", "python", "pid", "exit_code", "duration_s", "start_method", "host", "engine"}
PROCESS = {
    "id", "pid", "ppid", "parent_id", "name", "kind", "start_method", "daemon", "start_called_s", "start_returned_s",
    "target_began_s", "target_ended_s", "exited_s", "reaped_s", "joined_s", "exit_code", "signal", "lost",
    "left_running", "tasks", "output_lines", "cpu_s", "peak_rss_bytes",
}  # fmt: skip
CALL = {"by", "call", "process", "began_s", "ended_s", "timeout_s", "result", "error", "file", "line", "times"}


def as_read(timeline: Timeline) -> dict[str, Any]:
    """The report as a script reads it, with no number that JSON does not know."""
    return json.loads(json.dumps(report(timeline), allow_nan=False))  # type: ignore[no-any-return]


def ran(plan: Plan) -> Timeline:
    """The timeline of `plan`, run to its end."""
    run = LocalEngine(plan, whole=True)
    run.start()
    timeline = Timeline()
    fold = Fold(timeline)
    try:
        while not run.over:
            fold.apply(run.take(), now_ns())
            time.sleep(0.01)
        fold.finish(now_ns())
    finally:
        run.close()
    return timeline


def test_every_key_is_always_there() -> None:
    for timeline in (joined_run(2), running_run(2), Timeline(), Timeline.planned(Plan.make([10, 20]))):
        said = as_read(timeline)
        assert set(said) == {
            "procession", "program", "processes", "calls", "tasks", "output", "watched", "findings", "suspends", "imported",
            "lost",
        }  # fmt: skip
        assert set(said["procession"]) == {"version", "report"}
        assert set(said["program"]) == PROGRAM
        assert all(set(process) == PROCESS for process in said["processes"])
        assert all(set(call) == CALL for call in said["calls"])
        assert all(set(line) == {"process", "stream", "at_s", "text"} for line in said["output"])
        assert said["findings"] == []
        assert set(said["lost"]) == {"torn_records", "dropped_output_bytes", "warnings"}
        assert said["imported"] is None


def test_times_are_seconds_and_what_is_not_known_is_null() -> None:
    said = as_read(joined_run(2, exit_codes={2: -9}))
    first, killed = said["processes"][1:]
    assert (first["start_called_s"], first["target_ended_s"], first["exit_code"]) == (0.04, 1.042, 0)
    assert (killed["target_ended_s"], killed["exit_code"], killed["signal"]) == (None, -9, "SIGKILL")
    assert (first["kind"], first["parent_id"], first["output_lines"]) == ("worker", 1, 2)
    assert said["program"]["duration_s"] == said["processes"][0]["exited_s"]
    assert said["program"]["start_method"] == "fork"
    assert said["output"][0] == {"process": 2, "stream": "stdout", "at_s": 0.043, "text": "Started with n: 10000"}


def test_nanoseconds_survive() -> None:
    timeline = running_run(1)
    timeline.process(2).target_began_ns = 123_456_789_012_345_678
    assert as_read(timeline)["processes"][1]["target_began_s"] == pytest.approx(123_456_789.012345678, abs=1e-7)
    timeline.process(2).target_began_ns = 1
    assert as_read(timeline)["processes"][1]["target_began_s"] == 1e-9


def test_a_worker_that_never_started_is_there_with_nulls() -> None:
    said = as_read(Timeline.planned(Plan.make([10, 20, 30])))
    assert [process["name"] for process in said["processes"]] == ["parent", "Process-1", "Process-2", "Process-3"]
    assert {process["start_called_s"] for process in said["processes"]} == {None}
    assert said["program"]["exit_code"] is None


def test_lines_that_are_not_kept_are_said_to_be_missing() -> None:
    timeline = joined_run(1)
    timeline.lines_seen += 1_000
    assert as_read(timeline)["lost"]["warnings"] == ["1,000 older printed lines are not kept."]


@pytest.mark.parametrize("method", list(StartMethod))
def test_a_real_run_has_every_time_in_order(method: StartMethod) -> None:
    said = as_read(ran(Plan.make([30_000, 90_000], start_method=method)))
    workers = [process for process in said["processes"] if process["kind"] == "worker"]
    assert len(workers) == 2
    for worker in workers:
        assert worker["start_method"] == method
        assert worker["exit_code"] == 0
        assert worker["start_called_s"] < worker["start_returned_s"]
        assert (worker["start_called_s"] < worker["target_began_s"] < worker["target_ended_s"]
                < worker["exited_s"] <= worker["joined_s"])  # fmt: skip
        assert worker["exited_s"] <= worker["reaped_s"] <= worker["joined_s"]
        assert worker["pid"] > 0
        assert worker["ppid"] > 0
    joins = [call for call in said["calls"] if call["call"] == "join"]
    assert [call["process"] for call in joins] == [worker["id"] for worker in workers]
    assert workers[0]["joined_s"] <= workers[1]["joined_s"]
    values = {value["process"]: value["value"] for value in said["watched"] if value["when"] == "ended"}
    assert [values[process] for process in (2, 3, 1)] == ["[True, None]", "[None, True]", "[None, None]"]
    assert said["lost"] == {"torn_records": 0, "dropped_output_bytes": 0, "warnings": []}


def test_findings_are_in_the_report_and_in_the_text() -> None:
    timeline = joined_run(2, exit_codes={2: 3})
    assert as_read(timeline)["findings"] == [
        {"code": "exit_code", "severity": "problem", "text": "Process-2 ended with exit code 3 at 2.054 s.",
         "processes": [3], "at_s": 2.054, "file": "plan.py", "line": 22}
    ]  # fmt: skip
    assert findings_text(timeline) == "✕ Process-2 ended with exit code 3 at 2.054 s. (start() at plan.py:22)\n"
    timeline.process(3).name = "a\x1b[31m"
    assert "\x1b" not in findings_text(timeline)
    assert findings_text(joined_run(2)) == ""


def test_the_table_aligns_and_says_how_each_ended() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.process(2).peak_rss_bytes = 20_000_000
    head, *rows = table(timeline).splitlines()
    assert [row.split()[0] for row in rows] == ["program", "Process-1", "Process-2"]
    assert rows[1].startswith("  Process-1")
    end = head.index("exit code") + len("exit code")
    assert rows[1][:end].endswith(" 0")
    assert rows[2][:end].endswith("-9 SIGKILL")
    assert rows[1].endswith("20 MB")


def test_nothing_in_a_name_reaches_the_terminal() -> None:
    timeline = joined_run(1)
    timeline.process(2).name = "a\x1b[31m\nb\u202e"
    text = table(timeline) + text_timeline(timeline)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(table(timeline).splitlines()) == 3


def bar(text: str, name: str) -> str:
    """The characters of one row, from the first column of the axis."""
    lines = text.splitlines()
    left = next(line for line in lines if "┴" in line).index("┴")
    return next(line for line in lines if line.strip().startswith(name))[left:]


def test_the_text_timeline_draws_phases_where_they_were() -> None:
    timeline = joined_run(4)
    text = text_timeline(timeline, 100)
    assert max(map(len, text.splitlines())) <= 100
    parent, first, last = bar(text, "program"), bar(text, "Process-1"), bar(text, "Process-4")
    columns = len(bar(text, "┴"))
    second = columns * SECOND / timeline.now_ns
    assert first.count("█") == pytest.approx(second, abs=2)
    assert last.count("█") == pytest.approx(4 * second, abs=2)
    assert parent.count("▞") == pytest.approx(columns * (4075 - 140) * MS / timeline.now_ns, abs=2)
    assert parent.split()[-1] == "0"


def test_what_waits_to_be_collected_is_dotted() -> None:
    timeline = joined_run(2)
    first = timeline.process(2)
    first.joined_ns = first.reaped_ns = timeline.process(3).joined_ns
    timeline.touch(2)
    assert bar(text_timeline(timeline, 100), "Process-1").count("·") > 20


def test_a_life_shorter_than_a_character_is_seen() -> None:
    timeline = joined_run(1)
    child = timeline.process(2)
    assert child.start_called_ns is not None
    for index, name in enumerate(("target_began_ns", "target_ended_ns", "exited_ns", "reaped_ns", "joined_ns"), 1):
        setattr(child, name, child.start_called_ns + index * 1_000)
    timeline.touch(2)
    assert any(block in bar(text_timeline(timeline, 60), "Process-1") for block in "░█▒·")


def test_a_timeline_without_anything_is_empty_text() -> None:
    assert text_timeline(Timeline()) == ""
    assert "not started" in text_timeline(Timeline.planned(Plan.make([10])), 40)
    timeline = Timeline()
    timeline.add_process("odd", ProcessKind.PROGRAM)
    assert "odd" in table(timeline)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("workers", [1, 4, 64, 1000])
def test_a_run_fits_in_the_terminal_whatever_its_width(workers: int, width: int) -> None:
    timeline = joined_run(min(workers, 64), exit_codes={1: -9})
    timeline.process(2).name = "日本語の名前" * 5
    timeline.touch(2)
    for number in range(len(timeline.processes), workers + 1):
        more = timeline.add_process(f"ForkPoolWorker-{number}", ProcessKind.POOL_WORKER, 1)
        more.start_called_ns = more.born_ns = more.target_began_ns = number * MS
        more.exited_ns, more.exit_code = number * SECOND, 0
    told, drawn = table(timeline, width).splitlines(), text_timeline(timeline, width).splitlines()
    assert max(map(cells, [*told, *drawn])) <= width
    assert len(told) == workers + 2
    assert all("SIGKILL" in line for line in (told[2], drawn[1]))
    # The column of exit codes ends where its head does.
    head = told[0].index("exit", told[0].index("exited") + 6) + (9 if "exit code" in told[0] else 4)
    assert {line[head - 1] for line in (told[1], *told[3:])} == {"0"}


def test_findings_are_folded_to_the_terminal() -> None:
    timeline = joined_run(3, exit_codes={2: 3})
    assert max(map(len, findings_text(timeline, 30).splitlines())) <= 30
    assert " ".join(findings_text(timeline, 30).split()) == findings_text(timeline).strip()
