"""Findings about shared memory and semaphores that nobody unlinked, over built timelines."""

import pytest
from support.builders import MS, SECOND, joined_run
from support.finding_runs import said

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.analysis.status import sentence
from workers.timeline.incidents import ResourceEvent, ResourceKind, ResourceNote
from workers.timeline.model import ProcessKind, RaisedBy, RaisedError
from workers.timeline.timeline import Timeline

MADE, UNLINKED, REMOVED = ResourceEvent


def left_behind(*notes: ResourceNote) -> Timeline:
    """A finished run of the program and a worker, with a resource tracker (process 3) and these notes."""
    timeline = joined_run(1)
    timeline.plan = None
    timeline.add_process("resource tracker", ProcessKind.HELPER, parent_id=1).exited_ns = timeline.now_ns + MS
    timeline.resources += notes
    return timeline


def note(event: ResourceEvent, at_ns: int, name: str = "/psm_1", process: int = 1, line: int = 17,
         kind: ResourceKind = ResourceKind.SHARED_MEMORY) -> ResourceNote:  # fmt: skip
    if event is not MADE:
        return ResourceNote(process, at_ns, event, kind, name)
    size = 1 << 20 if kind is ResourceKind.SHARED_MEMORY else 0
    return ResourceNote(process, at_ns, event, kind, name, "plan.py", line, size)


END = joined_run(1).now_ns


def test_a_block_that_the_tracker_removed_at_the_end() -> None:
    timeline = left_behind(note(REMOVED, END, process=3), note(MADE, 100 * MS))  # read in any order
    assert said(timeline) == [
        ("leaked", "A shared-memory block of 1.05 MB that the program made at plan.py:17 was never unlinked: it was still "
                   "there at the end, and Python's resource tracker removed it.")
    ]  # fmt: skip
    [found] = findings(timeline)
    assert (found.severity, found.processes, found.file, found.line) == (Severity.ADVICE, (1,), "plan.py", 17)


def test_the_exit_code_of_the_tracker_is_no_failure_of_its_own() -> None:
    timeline = left_behind(note(REMOVED, END, process=3), note(MADE, 100 * MS))
    for code_of_tracker in (1, 2):
        timeline.process(3).exit_code = code_of_tracker
        assert [code for code, _ in said(timeline)] == ["leaked"]
        assert "failed" not in sentence(timeline)
    timeline.process(3).exit_code = 3
    assert [code for code, _ in said(timeline)] == ["exit_code", "leaked"]


def test_what_was_made_at_one_line_is_one_finding() -> None:
    timeline = left_behind(
        *(note(MADE, 100 * MS, f"/sem_{n}", process, 8, ResourceKind.SEMAPHORE) for n, process in ((1, 1), (2, 2), (3, 1))),
        *(note(REMOVED, END, f"/sem_{n}", 3, kind=ResourceKind.SEMAPHORE) for n in (1, 2, 3)),
    )  # fmt: skip
    [(code, text)] = said(timeline)
    assert code == "leaked"
    assert text.startswith(
        "3 named semaphores that the program and Process-1 made at plan.py:8 were never unlinked: they were "
    )


def test_without_a_tracker_it_may_be_there_still() -> None:
    timeline = left_behind(note(MADE, 100 * MS))
    [found] = findings(timeline)
    assert (found.severity, found.text) == (
        Severity.INFO,
        "A shared-memory block of 1.05 MB that the program made at plan.py:17 was never unlinked, as far as was recorded: it "
        "may be there still.",
    )
    timeline.ended = False
    assert findings(timeline) == []


def test_a_name_that_is_used_again_is_another_block() -> None:
    again = note(MADE, 300 * MS, line=30), note(REMOVED, END, process=3)
    assert findings(left_behind(note(MADE, 100 * MS), note(UNLINKED, 200 * MS), *again))[0].line == 30
    assert findings(left_behind(note(MADE, 100 * MS), note(UNLINKED, 200 * MS), again[0], note(UNLINKED, SECOND))) == []


@pytest.mark.parametrize("by", [1, 2])
def test_a_block_that_any_process_unlinks_is_no_leak(by: int) -> None:
    assert findings(left_behind(note(MADE, 100 * MS), note(UNLINKED, 200 * MS, process=by))) == []


def test_a_block_that_another_tracker_takes_away_under_its_maker_is_not_left_behind() -> None:
    taken = note(MADE, 100 * MS), note(REMOVED, 200 * MS, process=3)
    assert findings(left_behind(*taken)) == []
    assert findings(left_behind(*taken, note(UNLINKED, SECOND))) == []


def test_a_maker_that_was_ended_could_not_unlink_it() -> None:
    timeline = left_behind(note(MADE, 100 * MS, process=2), note(REMOVED, END, process=3))
    assert [code for code, _ in said(timeline)] == ["leaked"]
    timeline.process(2).exit_code = -9
    assert [code for code, _ in said(timeline)] == ["killed"]
    timeline.process(2).exit_code, timeline.cut_ns = 0, 200 * MS
    assert findings(timeline) == []


def test_semaphores_that_the_tracker_did_not_remove_are_gone() -> None:
    assert findings(left_behind(note(MADE, 100 * MS, kind=ResourceKind.SEMAPHORE))) == []


def pool(event: ResourceEvent, at_ns: int, name: str = "7f00", process: int = 1) -> ResourceNote:
    return note(event, at_ns, name, process, 8, ResourceKind.POOL)


def test_a_pool_that_was_never_closed() -> None:
    timeline = left_behind(pool(MADE, 100 * MS))
    [found] = findings(timeline)
    assert (found.code, found.severity, found.processes, found.line) == ("never_closed", Severity.ADVICE, (1,), 8)
    assert found.text == (
        "The Pool that the program made at plan.py:8 was never closed: neither close() nor terminate() was called on it, and "
        "no with statement ended."
    )
    timeline.process(1).exit_code = timeline.exit_code = 1  # an exception came in between
    assert [code for code, _ in said(timeline)] == ["exit_code"]


def test_each_pool_of_a_loop_counts_though_their_numbers_are_the_same() -> None:
    [found] = findings(left_behind(*(pool(MADE, at * MS) for at in (100, 200, 300))))
    assert found.text.startswith("3 Pools that the program made at plan.py:8 were never closed")
    closed = (pool(event, at * MS) for at, event in enumerate((MADE, UNLINKED, MADE, UNLINKED, UNLINKED), 100))
    assert findings(left_behind(*closed)) == []


def test_to_close_the_pool_of_another_process_closes_none() -> None:
    timeline = left_behind(pool(MADE, 100 * MS), pool(UNLINKED, 200 * MS, process=2))
    assert [code for code, _ in said(timeline)] == ["never_closed"]


@pytest.mark.parametrize(
    ("name", "at_ns", "early"),
    [("/psm_1", -50 * MS, True), ("/psm_2", -50 * MS, False), ("/psm_1", -150 * MS, False)],
)
def test_a_block_that_a_process_did_not_find_later_was_removed_too_early(name: str, at_ns: int, early: bool) -> None:
    timeline = left_behind(note(MADE, 100 * MS), note(REMOVED, END - 100 * MS, process=3))
    timeline.process(1).exited_ns = END
    text = f"[Errno 2] No such file or directory: '{name}'"
    timeline.add_error(RaisedError(2, END + at_ns, RaisedBy.MAIN, "FileNotFoundError", text))
    assert ("removed_early" if early else "leaked") in dict(said(timeline))
    assert ("leaked" if early else "removed_early") not in dict(said(timeline))
