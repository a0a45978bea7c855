"""All findings of built timelines: none where all is well, and the kinds about a run as a whole."""

import pytest
from support.builders import MS, SECOND, joined_run, running_run
from support.finding_runs import killed, said, still, waiting

from workers.analysis.findings.all_findings import beyond_ends, findings
from workers.analysis.findings.finding import Severity
from workers.timeline.model import CallName, ProcessKind, Signalled, Wait
from workers.timeline.timeline import Timeline


def test_all_is_well() -> None:
    for timeline in (joined_run(4), running_run(4), Timeline(), Timeline.planned(running_run().plan)):  # type: ignore[arg-type]
        assert findings(timeline) == []


def test_a_long_wait_for_workers_that_move_or_sleep_is_no_finding() -> None:
    timeline = waiting(2)
    timeline.now_ns = 3600 * SECOND
    assert findings(timeline) == []
    for worker in timeline.processes[1:]:
        still(worker, Wait.OTHER)
    assert findings(timeline) == []
    still(timeline.process(2), Wait.LOCK)
    assert findings(timeline) == []  # the other one may release it


def test_what_its_person_ended_is_no_finding() -> None:
    timeline = joined_run(2, exit_codes={1: -15, 2: -9})
    timeline.cut_ns = 300 * MS
    assert findings(timeline) == []
    timeline = joined_run(1, exit_codes={1: -9})
    timeline.add_sent_signal(Signalled(2, 900 * MS, "SIGKILL"))
    assert findings(timeline) == []


@pytest.mark.parametrize("name", [CallName.TERMINATE, CallName.KILL])
def test_terminate_and_kill_are_what_the_program_wanted(name: CallName) -> None:
    timeline = joined_run(2, exit_codes={2: -15})
    timeline.add_call(1, name, 3, 500 * MS)
    assert findings(timeline) == []


def test_what_is_missing_from_the_recording() -> None:
    timeline = joined_run(1)
    timeline.torn_records, timeline.dropped_output_bytes = 2, 5_000_000
    timeline.warnings.append("Something.")
    assert said(timeline) == [
        ("torn", "2 records were only partly written: their contents are lost."),
        ("dropped_output", "5 MB of printed output were not kept."),
        ("recording", "Something."),
    ]
    timeline.skipped_output_bytes = 5_000_000
    assert said(timeline)[-1] == (
        "skipped_output", "5 MB of printed output came too fast to show; a saved run has it."
    )  # fmt: skip
    assert len(findings(timeline)) == 3


def test_tasks_that_raised_are_counted_by_what_and_why() -> None:
    timeline = joined_run(2)
    for number in range(1_500):
        task = timeline.begin_task(2 + number % 2, "work", SECOND)
        timeline.finish_task(task, SECOND + MS, "ValueError" if number % 3 == 0 else None)
    assert said(timeline) == [("task_raised", "500 tasks named work raised ValueError.")]
    assert findings(timeline)[0].processes == (2, 3)


def test_a_pool_whose_workers_never_come_to_a_task() -> None:
    timeline = running_run(12)
    for number in range(1, 13):
        worker = killed(timeline, number)
        worker.kind, worker.exit_code, worker.error = ProcessKind.POOL_WORKER, 1, "RuntimeError"
    found = {one.code: one for one in findings(timeline)}
    assert found["never_ready"].text == (
        "A Pool of the program replaces its workers over and over: 12 ended with RuntimeError before their first task. "
        "Either the Pool's initializer fails, or a worker's import of the program does."
    )
    assert found["never_ready"].processes[:2] == (1, 2)
    timeline.begin_task(3, "work", SECOND)
    assert "never_ready" not in {one.code for one in findings(timeline)}


def test_what_a_sentence_on_the_ends_does_not_tell() -> None:
    timeline = waiting(2)
    killed(timeline, 2)
    still(timeline.process(2), Wait.LOCK)
    assert [one.code for one in beyond_ends(findings(timeline))] == ["dead_holder"]


def test_problems_come_first() -> None:
    timeline = joined_run(3, exit_codes={3: -9})
    timeline.torn_records = 1
    assert [finding.severity for finding in findings(timeline)] == [Severity.PROBLEM, Severity.ADVICE]
