"""Forty public reports of multi-process trouble, as small scripts: each cause is named, none is named wrongly, and nothing is
told about their healthy variants. `make reports` runs them in all the ways that they may be ended."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from support.report_expectations import EXPECTED, Expected
from support.report_runs import Told, told_about
from support.scripts import SCRIPTS, script_path

from workers.analysis.findings.finding import Finding, Severity
from workers.engines.programs import Program, script_program
from workers.timeline.model import ProcessKind
from workers.timeline.tasks.effort import Way

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="waits are seen on Linux alone"),
    pytest.mark.timeout(600),  # all of them run in the fixture of the first test
]

LEAST_NAMED = 39
"""Of the forty. It only ever rises."""
PATIENCE_S = 25.0
"""On an idle machine each is named within ten seconds. One that is named is not waited for any longer."""
LONG_PATIENCE_S = 65.0
"""For what takes some seconds of CPU time by itself: the others take the cores, too."""
AT_A_TIME, FEW_AT_A_TIME = 12, 2
"""Runs that mostly wait; and those that need a core of their own."""
ON_SPEED = frozenset(
    ("slow_start", "worker_churn", "big_arguments", "big_results", "one_at_a_time", "results_pile_up", "one_task", "stragglers",
     "throttled", "gil_bound", "private_memory", "too_many_threads", "one_by_one", "tiny_tasks", "program_bound")
)  # fmt: skip
HEALTHY = sorted(path.stem for path in (SCRIPTS / "reports").rglob("*_ok.py"))


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """What was told about each script: until its cause was named, or else to its end, or as long as there is patience."""
    rows = {row.script: row for row in EXPECTED}
    # What is slow comes last, when the others do not take its cores away.
    names = sorted(rows, key=lambda name: not rows[name].heavy) + HEALTHY
    on_speed = [name for name in names if name in rows and rows[name].code in ON_SPEED]

    def programs(names: list[str]) -> dict[str, Program]:
        return {
            name: script_program(script_path(f"{name}.py"), *(rows[name].arguments if name in rows else ()))
            for name in names
        }

    def is_enough(name: str, found: list[Finding]) -> bool:
        row = rows.get(name)
        return row is not None and row.hangs and any(matches(row, one) for one in found)

    def patience_s(name: str) -> float:
        row = rows.get(name)
        return LONG_PATIENCE_S if row is not None and row.heavy and not row.hangs else PATIENCE_S

    others = [name for name in names if name not in on_speed]
    found = told_about(programs(others), is_enough, patience_s, at_a_time=AT_A_TIME)
    return found | told_about(programs(on_speed), is_enough, patience_s, at_a_time=FEW_AT_A_TIME)


def matches(row: Expected, finding: Finding) -> bool:
    """Whether this finding names the cause, with its lines."""
    lines = {str(finding.line)} if Path(finding.file).stem == row.script else set()
    lines |= set(re.findall(rf"{row.script}\.py:(\d+)", finding.text))
    return (
        finding.code == row.code and re.search(row.text, finding.text) is not None and {*map(str, row.lines)} <= lines
    )


def is_named(row: Expected, one: Told) -> bool:
    """Whether its cause is named at the end, with the process and the lines, and nothing false is told."""
    processes = one.timeline.processes
    for finding in one.at_end:
        names = ["program" if number == 1 else processes[number - 1].name for number in finding.processes]
        if matches(row, finding) and (not row.process or any(re.fullmatch(row.process, name) for name in names)):
            return not wrong(row, one)
    return False


def wrong(row: Expected, one: Told) -> list[str]:
    """The sentences about it that are false."""
    everything = [*one.at_end, *one.before.values()]
    false = [found.text for found in everything if row.never and re.search(row.never, found.text)]
    codes = {row.code, *row.also}
    return false + [found.text for found in one.of(Severity.PROBLEM) if found.code not in codes]


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.script)
def test_the_cause_is_named(row: Expected, told: dict[str, Told]) -> None:
    one = told[row.script]
    assert is_named(row, one), "\n".join(found.text for found in one.at_end) or "nothing was told"


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.script)
def test_no_wrong_cause_is_named(row: Expected, told: dict[str, Told]) -> None:
    assert wrong(row, told[row.script]) == []


def test_most_causes_are_named(told: dict[str, Told]) -> None:
    reports = [row for row in EXPECTED if row.report]
    assert len(reports) == 40
    assert sum(is_named(row, told[row.script]) for row in reports) >= LEAST_NAMED


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.script)
def test_what_is_told_about_a_process_can_be_seen_there(row: Expected, told: dict[str, Told]) -> None:
    one = told[row.script]
    for found in one.at_end:
        assert bool(found.evidence) == bool(found.processes), found
        assert {evidence.process for evidence in found.evidence} <= {process.id for process in one.timeline.processes}
        assert all(evidence.from_ns <= (evidence.until_ns or one.timeline.now_ns) for evidence in found.evidence)


@pytest.mark.parametrize("name", HEALTHY)
def test_no_problem_is_told_about_a_healthy_variant(name: str, told: dict[str, Told]) -> None:
    assert [found.text for found in told[name].of(Severity.PROBLEM)] == []


def test_no_advice_on_speed_is_given_about_what_is_not_slow(told: dict[str, Told]) -> None:
    slow = {row.script: row.code for row in EXPECTED if row.code in ON_SPEED}
    given = {
        (name, found.code): found.text for name, one in told.items() for found in one.of(Severity.ADVICE)
        if found.code in ON_SPEED and found.code != slow.get(name)
    }  # fmt: skip
    assert given == {}


def test_every_script_of_a_report_is_expected_to_tell_something() -> None:
    scripts = {path.stem for path in (SCRIPTS / "reports").rglob("[rx][0-9]*.py")} - {*HEALTHY}
    assert scripts - {"x38_shared_then_killed"} == {row.script for row in EXPECTED}  # that one takes 2.3 GB


def _seconds(text: str, pattern: str) -> float:
    """The duration that a sentence gives where the pattern has (T)."""
    found = re.search(pattern.replace("(T)", r"([\d.,]+) (ms|s|min)"), text)
    assert found is not None, text
    return float(found[1].replace(",", "")) * {"ms": 1e-3, "s": 1.0, "min": 60.0}[found[2]]


def _printed_s(one: Told) -> float:
    """What the script itself measured and printed: how long its part with the workers took."""
    texts = [line.text for line in one.timeline.lines_of(1) if re.fullmatch(r"[\d.]+ s", line.text)]
    assert len(texts) == 1
    return float(texts[0].split()[0])


def _sentence(script: str, told: dict[str, Told]) -> str:
    (row,) = [row for row in EXPECTED if row.script == script]
    return next(found.text for found in told[script].at_end if matches(row, found))


def _near(value: float) -> Any:
    return pytest.approx(value, rel=0.1)


def test_the_seconds_in_the_sentences_are_those_of_the_runs(told: dict[str, Told]) -> None:
    """Each from the plain facts of its run, or from what its script itself measured, and not from the balance."""
    text, one = _sentence("r26_spawn_heavy_import", told), told["r26_spawn_heavy_import"]
    workers = [process for process in one.timeline.processes if process.kind is ProcessKind.POOL_WORKER]
    starts = [(worker.target_began_ns or 0) - (worker.life_began_ns or 0) for worker in workers]
    start_s = sum(starts) / len(workers) / 1e9
    assert _seconds(text, r"took (T) each to start") == _near(start_s)
    imports = [
        (load.ended_ns - load.began_ns) / 1e9
        for worker in workers for load in one.timeline.effort[worker.id].imports if load.name == "heavy_import"
    ]  # fmt: skip
    assert _seconds(text, r"(T) of it importing heavy_import") == _near(sum(imports) / len(imports))
    assert start_s < _printed_s(one)

    text, one = _sentence("r27_worker_churn", told), told["r27_worker_churn"]
    workers = [process for process in one.timeline.processes if process.kind is ProcessKind.POOL_WORKER]
    around = 0
    for worker in workers:
        last_ns = worker.last_ns or 0
        began_ns, ended_ns = worker.target_began_ns or last_ns, worker.target_ended_ns or last_ns
        around += last_ns - (worker.life_began_ns or 0) - (ended_ns - began_ns)
    assert _seconds(text, r": (T) of starting and ending") == _near(around / 1e9)
    assert around / 1e9 < 2 * _printed_s(one) + 1  # of two at once; one second for what ends after the map()

    text, one = _sentence("r29_big_arguments", told), told["r29_big_arguments"]
    sent = [message for message in one.timeline.effort[1].messages if message.way is Way.SENT]
    assert _seconds(text, r"pickling them took (T)") == _near(sum(message.pickling_ns for message in sent) / 1e9)
    assert sum(message.pickling_ns for message in sent) / 1e9 < _printed_s(one) * 1.1

    text, one = _sentence("r31_lock_serializes", told), told["r31_lock_serializes"]
    # 2 s as the script is written, and what starts cost; less where a worker on a busy machine never waited.
    concerned = next(found.processes for found in one.at_end if found.text == text)
    used_s = sum(one.timeline.process(number).cpu_s or 0.0 for number in concerned)
    assert len(concerned) >= 3
    assert _seconds(text, r"they computed for (T)\.") == _near(used_s)

    text, one = _sentence("r37_imap_eager", told), told["r37_imap_eager"]
    count, megabytes = re.findall(r"had ([\d,]+) results .* memory, (\d+) MB", text)[0]
    assert float(megabytes) == _near(int(count.replace(",", "")) * 4.0)  # of 4 MB each

    text, one = _sentence("r57_one_bad_input", told), told["r57_one_bad_input"]
    others = [(task.ended_ns - task.began_ns) / 1e9 for task in one.timeline.tasks if task.ended_ns is not None]
    assert _seconds(text, r"other tasks took (T)") == _near(max(others))
