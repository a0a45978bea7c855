"""What there is to see in runs that went well: told where it was seen, and only there."""

from collections.abc import Callable

import pytest
from support.builders import MS, SECOND, joined_run, pooled_run, running_run

from workers.analysis.findings.all_findings import beyond_ends, findings
from workers.analysis.findings.finding import Finding, Severity
from workers.analysis.findings.seen import all_seen
from workers.timeline.model import CallName, Watched
from workers.timeline.timeline import Timeline

EXIT_FILE = "/usr/lib/python3.11/multiprocessing/util.py"


def late(*numbers: int, workers: int = 4) -> Timeline:
    """A run whose join()s go in order; these workers had ended after 1.1 s."""
    timeline = joined_run(workers)
    for number in numbers:
        process = timeline.process(number + 1)
        process.target_ended_ns, process.exited_ns = 1090 * MS, 1100 * MS
    return rejoined(timeline)


def rejoined(timeline: Timeline) -> Timeline:
    """The same run, in which each join() returns as soon as it can."""
    joins = [call for call in timeline.calls if call.name is CallName.JOIN]
    free_ns = joins[0].began_ns
    for join in joins:
        assert join.process is not None
        child = timeline.process(join.process)
        join.began_ns = free_ns
        join.ended_ns = child.joined_ns = child.reaped_ns = max(child.exited_ns or 0, free_ns) + MS
        free_ns = join.ended_ns + MS // 2
        timeline.touch(child.id)
    return timeline


def not_joined(waited_ns: int = 3 * SECOND) -> Timeline:
    """A run whose parent came to its end, where Python waited for both children."""
    timeline = running_run(2)
    timeline.now_ns = waited_ns + 200 * MS
    for process in timeline.processes[1:]:
        join = timeline.add_call(1, CallName.JOIN, process.id, 100 * MS)
        join.file, join.result = EXIT_FILE, True
        join.ended_ns = process.reaped_ns = process.joined_ns = 100 * MS + waited_ns
        process.exited_ns, process.exit_code = join.ended_ns - MS, 0
    program = timeline.process(1)
    program.exited_ns, program.exit_code, timeline.exit_code, timeline.ended = timeline.now_ns, 0, 0, True
    program.target_ended_ns = 90 * MS
    return timeline


def in_turn(gap_ns: int = MS) -> Timeline:
    """A run of start() and join() in a loop. gap_ns: from a join() to the next start(); negative: they overlap."""
    timeline = running_run(3)
    timeline.calls.clear()
    at_ns = 100 * MS
    for process in timeline.processes[1:]:
        process.start_called_ns, process.start_returned_ns, process.target_began_ns = at_ns, at_ns + MS, at_ns + 2 * MS
        process.exited_ns, process.exit_code = at_ns + SECOND, 0
        join = timeline.add_call(1, CallName.JOIN, process.id, at_ns + 2 * MS)
        join.ended_ns = process.joined_ns = process.reaped_ns = process.exited_ns + MS
        join.result = True
        at_ns = join.ended_ns + gap_ns
    program = timeline.process(1)
    program.exited_ns = timeline.now_ns = at_ns + 100 * MS
    program.exit_code, timeline.exit_code, timeline.ended = 0, 0, True
    return timeline


def set_globals(timeline: Timeline, ends: dict[int, str], began: str = "[None, None]") -> Timeline:
    for process, value in ends.items():
        timeline.watched.append(Watched(process, "results", 50 * MS, "began", began))
        timeline.watched.append(Watched(process, "results", process * 100 * MS, "ended", value))
    return timeline


def codes(timeline: Timeline) -> list[str]:
    return [one.code for one in findings(timeline)]


def only(timeline: Timeline) -> Finding:
    found = findings(timeline)
    assert len(found) == 1
    assert found[0].severity is Severity.INFO
    assert beyond_ends(found) == [], "nobody who records a script is taught"
    return found[0]


def test_join_goes_in_order() -> None:
    note = only(late(4))
    assert note.text == (
        "Process-4 ended at 1.100 s and was reaped at 3.067 s: join() goes in order, and the parent was in join() for "
        "Process-3."
    )
    assert (note.code, note.processes, note.at_ns) == ("reaped_later", (5, 4), 1100 * MS)
    assert [(one.process, one.from_ns) for one in note.evidence] == [(5, 1100 * MS)]
    assert only(late(3, 4)).text.endswith("for Process-2. It was so with 1 other process.")
    assert only(late(3, 4)).processes[0] == 5, "the one that waited longest"


def test_one_that_ended_before_the_first_join_began_waits_for_it_too() -> None:
    timeline = late(4)
    joins = [call for call in timeline.calls if call.name is CallName.JOIN]
    timeline.process(5).target_ended_ns, timeline.process(5).exited_ns = 90 * MS, joins[0].began_ns - 10 * MS
    note = only(rejoined(timeline))
    assert (note.code, note.processes[0]) == ("reaped_later", 5)


def test_a_parent_that_did_something_else_meanwhile_is_not_said_to_have_been_in_join() -> None:
    timeline = late(4)
    for call in timeline.calls:
        if call.name is CallName.JOIN and call.process != 5:
            call.began_ns = (call.ended_ns or 0) - 100 * MS
    assert codes(timeline) == []


def test_join_in_order_of_the_ends_shows_nothing() -> None:
    assert codes(joined_run(4)) == []


def test_reaped_by_something_else_is_no_matter_of_order() -> None:
    timeline = late(4)
    timeline.process(5).reaped_ns = 2 * SECOND  # as by active_children()
    assert codes(timeline) == []


def test_each_sets_its_own_copy() -> None:
    ends = {1: "[None, None]", 2: "[True, None]", 3: "[None, True]"}
    note = only(set_globals(joined_run(2), ends))
    assert note.text == "Each process set its own copy of results: at the end the parent's was [None, None]."
    assert (note.processes, [one.process for one in note.evidence]) == ((2, 3), [2, 3])
    assert only(set_globals(joined_run(3), ends)).text.startswith(
        "Process-1 and Process-2 each set a copy of results of their own: "
    )


@pytest.mark.parametrize(
    "ends",
    [
        {1: "[1, 2]", 2: "[1]", 3: "[1, 2]"},  # shared
        {1: "[None, None]", 2: "[None, None]", 3: "[None, True]"},  # one alone set it
        {2: "[1]", 3: "[2]"},  # the parent's is not known
    ],
)
def test_what_may_be_shared_is_no_copy(ends: dict[int, str]) -> None:
    assert codes(set_globals(joined_run(2), ends)) == []


def test_the_parent_waits_at_its_exit() -> None:
    note = only(not_joined())
    assert note.text == (
        "The parent waited 3.000 s at its exit for children that it had not joined: Process-1 and Process-2."
    )
    assert (note.code, note.processes, note.evidence[0].process) == ("joined_at_exit", (1, 2, 3), 1)
    assert codes(not_joined(waited_ns=20 * MS)) == []


def test_one_after_another() -> None:
    note = only(in_turn())
    assert note.text == (
        "Process-2 was started when Process-1 had been joined: start() and join() in turn let the 3 processes run one after "
        "another."
    )
    assert [one.process for one in note.evidence] == [2, 3, 4]
    assert codes(in_turn(gap_ns=-500 * MS)) == []


def unsettled(timeline: Timeline) -> Timeline:
    timeline.ended = False
    return timeline


def stopped(timeline: Timeline) -> Timeline:
    timeline.cut_ns = SECOND
    return timeline


def failed(timeline: Timeline) -> Timeline:
    timeline.process(2).exit_code = 1
    return timeline


@pytest.mark.parametrize("change", [unsettled, stopped, failed])
def test_a_run_that_did_not_go_well_has_other_cares(change: Callable[[Timeline], Timeline]) -> None:
    for timeline in (late(4), not_joined(), in_turn(), set_globals(late(4), {1: "0", 2: "1", 3: "2"})):
        assert set(codes(change(timeline))) & all_seen.CODES == set()


def test_of_many_processes_and_of_pools_nothing_is_told() -> None:
    assert codes(late(13, workers=13)) == codes(late(12, workers=13)) == []
    assert codes(late(12, workers=12)) == ["reaped_later"]
    assert set(codes(pooled_run())) & all_seen.CODES == set()


def test_notes_come_last_and_are_few() -> None:
    timeline = set_globals(late(3, 4), {number: str(number) for number in range(1, 6)}, began="0")
    found = findings(timeline)
    assert [one.code for one in found] == ["own_copies", "reaped_later"]
    assert len(all_seen.KINDS) == len(all_seen.CODES) == 4
