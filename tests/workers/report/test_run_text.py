"""A run as text for a terminal: its findings, its table and its timeline of characters."""

import pytest
from support.builders import MS, SECOND, joined_run, threaded_run

from workers.plan.plan import Plan
from workers.report.report import report
from workers.report.run_text import findings_text, table, text_timeline
from workers.report.text_cells import cells
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def test_findings_are_in_the_report_and_in_the_text() -> None:
    timeline = joined_run(2, exit_codes={2: 3})
    assert report(timeline)["findings"] == [
        {"code": "exit_code", "severity": "problem", "text": "Process-2 ended with exit code 3 at 2.054 s.",
         "processes": [3], "at_s": 2.054, "file": "plan.py", "line": 22,
         "evidence": [{"process": 3, "task": None, "from_s": 2.054, "to_s": 2.054}]}
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


def test_what_waits_to_be_reaped_is_dotted() -> None:
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
    rows, drawn = table(timeline, width).splitlines(), text_timeline(timeline, width).splitlines()
    assert max(map(cells, [*rows, *drawn])) <= width
    assert len(rows) == workers + 2
    assert all("SIGKILL" in line for line in (rows[2], drawn[1]))
    # The column of exit codes ends where its head does.
    head = rows[0].index("exit", rows[0].index("exited") + 6) + (9 if "exit code" in rows[0] else 4)
    assert {line[head - 1] for line in (rows[1], *rows[3:])} == {"0"}


def test_findings_are_folded_to_the_terminal() -> None:
    timeline = joined_run(3, exit_codes={2: 3})
    assert max(map(len, findings_text(timeline, 30).splitlines())) <= 30
    assert " ".join(findings_text(timeline, 30).split()) == findings_text(timeline).strip()


def test_threads_have_rows_below_their_process_and_many_share_one() -> None:
    few, many = (text_timeline(threaded_run(threads, 20), 100).splitlines() for threads in (3, 32))
    assert [line.split()[0] for line in few[:6]] == ["program", "pool_0", "pool_1", "pool_2", "Process-1", "inner_0"]
    assert [line.split()[0] for line in many[:3]] == ["program", "32", "Process-1"]
    assert few[1].endswith("20 tasks")
    assert many[1].endswith("640 tasks")
    shown = few[1].removesuffix("20 tasks").strip().partition(" ")[2].strip()
    assert len(set(shown)) > 1  # tasks end at 1.1 s of 1.2 s
    assert set(shown) <= set("▁▂▃▄▅▆▇█ ")
    assert shown.count("█") > 10  # a character is 20 ms, and a task 40 of every 50
    assert "threads that run tasks" in few[-1]
    assert "threads that run tasks" not in text_timeline(joined_run(2), 100)


def test_a_long_chain_of_forks_is_indented_up_to_a_depth() -> None:
    timeline = Timeline()
    for number in range(300):
        process = timeline.add_process(f"fork {number}", ProcessKind.FORKED, parent_id=number or None)
        process.born_ns = number
    timeline.now_ns = 1000
    for text in (table(timeline), text_timeline(timeline, 400)):
        assert max(map(len, text.splitlines())) < 500
    assert f"\n{'  ' * 20}fork 299 " in table(timeline)
