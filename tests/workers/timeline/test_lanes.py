"""Lanes: which phases, waits, marks and links come from a process's moments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import MS, SECOND, joined_run, running_run

from workers.timeline.lanes import OPEN, Lane, Marks, PrintedMarks, Spans, make_lane
from workers.timeline.model import CallName, LinkKind, MarkKind, Process, ProcessKind, Signalled, SpanKind

START, ALIVE, ENDING, ZOMBIE = SpanKind.STARTING, SpanKind.ALIVE, SpanKind.ENDING, SpanKind.ZOMBIE


def lane_of(kind: ProcessKind = ProcessKind.WORKER, **moments: object) -> Lane:
    """The lane of one process with these fields set."""
    process = Process(2, "Process-1", kind, parent_id=1)
    for name, value in moments.items():
        setattr(process, name, value)
    return make_lane(process, None, [], PrintedMarks().columns())


def phases(lane: Lane) -> list[tuple[SpanKind, int, int | None]]:
    """(kind, from, to) of each phase, None for an open end."""
    columns = zip(lane.phases.kind.tolist(), lane.phases.t0.tolist(), lane.phases.t1.tolist(), strict=True)
    return [(SpanKind(kind), t0, None if t1 == OPEN else t1) for kind, t0, t1 in columns]


def marks(lane: Lane) -> list[tuple[MarkKind, int]]:
    """(kind, time) of each mark, in the lane's order."""
    return [(MarkKind(kind), t) for kind, t in zip(lane.marks.kind.tolist(), lane.marks.t.tolist(), strict=True)]


def test_a_whole_life() -> None:
    lane = lane_of(start_called_ns=10, born_ns=12, target_began_ns=20, target_ended_ns=50, exited_ns=55, reaped_ns=70,
                   joined_ns=71, exit_code=0)  # fmt: skip
    assert phases(lane) == [(START, 10, 20), (ALIVE, 20, 50), (ENDING, 50, 55), (ZOMBIE, 55, 70)]
    assert marks(lane) == [(MarkKind.EXIT_OK, 55)]


@pytest.mark.parametrize(("moments", "expected"), [
    ({}, []),
    ({"start_called_ns": 10}, [(START, 10, None)]),
    ({"born_ns": 12}, [(START, 12, None)]),
    ({"start_called_ns": 10, "target_began_ns": 20}, [(START, 10, 20), (ALIVE, 20, None)]),
    ({"start_called_ns": 10, "target_began_ns": 20, "target_ended_ns": 30},
     [(START, 10, 20), (ALIVE, 20, 30), (ENDING, 30, None)]),
    ({"start_called_ns": 10, "target_began_ns": 20, "exited_ns": 25, "exit_code": -9},
     [(START, 10, 20), (ALIVE, 20, 25), (ZOMBIE, 25, None)]),
    ({"start_called_ns": 10, "exited_ns": 25, "joined_ns": 40}, [(START, 10, 25), (ZOMBIE, 25, 40)]),
    ({"start_called_ns": 10, "exited_ns": 25, "reaped_ns": 25}, [(START, 10, 25)]),
    ({"start_called_ns": 10, "target_began_ns": 20, "lost": True, "lost_ns": 33}, [(START, 10, 20), (ALIVE, 20, 33)]),
])  # fmt: skip
def test_a_life_as_far_as_it_is_known(
    moments: dict[str, object], expected: list[tuple[SpanKind, int, int | None]]
) -> None:
    assert phases(lane_of(**moments)) == expected


def test_no_process_reaps_the_program() -> None:
    lane = lane_of(ProcessKind.PROGRAM, start_called_ns=0, target_began_ns=5, target_ended_ns=8, exited_ns=9)
    assert phases(lane)[-1] == (ENDING, 8, 9)


MOMENTS = ("start_called_ns", "born_ns", "target_began_ns", "target_ended_ns", "exited_ns", "reaped_ns", "joined_ns")


@given(st.fixed_dictionaries({name: st.none() | st.integers(0, 100) for name in MOMENTS}))
def test_phases_never_overlap_whatever_is_known(moments: dict[str, int | None]) -> None:
    lane = lane_of(**moments)
    assert (lane.phases.t0 < lane.phases.t1).all()
    assert (lane.phases.t1[:-1] <= lane.phases.t0[1:]).all()
    assert (np.diff(lane.phases.kind.astype(int)) > 0).all()
    assert moments["exited_ns"] is None or (lane.phases.t1[lane.phases.kind < ZOMBIE] < OPEN).all()


@pytest.mark.parametrize(("moments", "kind"), [
    ({"exit_code": 0}, MarkKind.EXIT_OK),
    ({"exit_code": 1}, MarkKind.EXIT_BAD),
    ({"exit_code": -9}, MarkKind.EXIT_BAD),
    ({"exit_code": None}, MarkKind.EXIT_OK),
])  # fmt: skip
def test_an_end_is_marked_by_how_it_was(moments: dict[str, object], kind: MarkKind) -> None:
    assert marks(lane_of(born_ns=1, exited_ns=25, **moments)) == [(kind, 25)]


@pytest.mark.parametrize(("asked_ns", "exit_code", "kind"), [
    (20, -15, MarkKind.EXIT_BY_POOL),
    (20, -9, MarkKind.EXIT_BAD),
    (30, -15, MarkKind.EXIT_BAD),
    (20, 0, MarkKind.EXIT_OK),
])  # fmt: skip
def test_an_end_by_its_own_pool_is_no_bad_one(asked_ns: int, exit_code: int, kind: MarkKind) -> None:
    lane = lane_of(ProcessKind.POOL_WORKER, born_ns=1, exited_ns=25, exit_code=exit_code, pool_ended_ns=asked_ns)
    assert marks(lane) == [(kind, 25)]


def test_a_lost_process_is_marked_where_it_was_lost() -> None:
    assert marks(lane_of(born_ns=1, lost=True, lost_ns=30)) == [(MarkKind.EXIT_BAD, 30)]


def test_a_worker_of_a_joined_run() -> None:
    timeline = joined_run(2)
    lane = timeline.lane(2)
    child = timeline.process(2)
    assert [kind for kind, _ in marks(lane)] == [
        MarkKind.START, MarkKind.OUTPUT, MarkKind.OUTPUT, MarkKind.EXIT_OK, MarkKind.JOINED,
    ]  # fmt: skip
    assert marks(lane)[0][1] == child.start_called_ns
    assert marks(lane)[-1][1] == child.joined_ns
    assert lane.marks.ref[0] == timeline.calls_on(2)[0].id
    assert len(lane.inner) == 0


def test_the_parent_waits_in_each_join() -> None:
    timeline = joined_run(3)
    inner = timeline.lane(1).inner
    joins = [call for call in timeline.calls_by(1) if call.name is CallName.JOIN]
    assert inner.kind.tolist() == [SpanKind.JOIN] * 3
    assert inner.ref.tolist() == [call.id for call in joins]
    assert inner.t0.tolist() == [call.began_ns for call in joins]
    assert inner.t1.tolist() == [call.ended_ns for call in joins]


def test_a_join_that_has_not_returned_is_open_and_joins_nothing() -> None:
    timeline = running_run(1)
    timeline.add_call(1, CallName.JOIN, 2, 400 * MS)
    assert timeline.lane(1).inner.t1.tolist() == [OPEN]
    assert MarkKind.JOINED not in [kind for kind, _ in marks(timeline.lane(2))]


def test_only_the_join_that_found_it_dead_is_marked_and_linked() -> None:
    timeline = joined_run(1)
    child = timeline.process(2)
    assert child.joined_ns is not None
    early = timeline.add_call(1, CallName.JOIN, 2, child.joined_ns + MS)
    early.ended_ns, early.result = child.joined_ns + 2 * MS, True
    assert [t for kind, t in marks(timeline.lane(2)) if kind is MarkKind.JOINED] == [child.joined_ns]
    assert [link.to_ns for link in timeline.links() if link.kind is LinkKind.JOIN] == [child.joined_ns]


def test_answers_and_signals_are_marks() -> None:
    timeline = running_run(1)
    for at, (name, result, error) in enumerate([
        (CallName.IS_ALIVE, True, None), (CallName.IS_ALIVE, False, None), (CallName.IS_ALIVE, None, "ValueError"),
        (CallName.TERMINATE, None, None), (CallName.KILL, None, "ValueError"), (CallName.CLOSE, None, None),
    ]):  # fmt: skip
        call = timeline.add_call(1, name, 2, SECOND + at)
        call.ended_ns, call.result, call.error = SECOND + at, result, error
    timeline.add_sent_signal(Signalled(2, SECOND + 100, "SIGTERM"))
    timeline.touch(2)
    assert [mark for mark in marks(timeline.lane(2)) if mark[1] >= SECOND] == [
        (MarkKind.ALIVE_TRUE, SECOND),
        (MarkKind.ALIVE_FALSE, SECOND + 1),
        (MarkKind.SIGNALLED, SECOND + 3),
        (MarkKind.SIGNALLED, SECOND + 100),
    ]


def test_a_call_on_an_executor_marks_the_workers_that_it_signalled() -> None:
    timeline = running_run(3)
    call = timeline.add_call(1, CallName.KILL_WORKERS, None, SECOND)
    for worker in (2, 4):
        timeline.add_signalled(call, worker)
    interrupt = timeline.add_call(1, CallName.INTERRUPT, 3, SECOND + 1)
    at = {p: [mark for mark in marks(timeline.lane(p)) if mark[1] >= SECOND] for p in (2, 3, 4)}
    signalled = [(MarkKind.SIGNALLED, call.began_ns)]
    assert at == {2: signalled, 3: [(MarkKind.SIGNALLED, interrupt.began_ns)], 4: signalled}


def test_no_signal_is_marked_after_the_end_of_its_process() -> None:
    timeline = joined_run(1)
    exited_ns = timeline.process(2).exited_ns or 0
    for at_ns in (exited_ns - MS, exited_ns + MS):
        timeline.add_call(1, CallName.TERMINATE, 2, at_ns)
    assert [at for kind, at in marks(timeline.lane(2)) if kind is MarkKind.SIGNALLED] == [exited_ns - MS]


def test_links_go_to_the_child_at_its_start_and_back_at_its_join() -> None:
    timeline = joined_run(2)
    links = list(timeline.links())
    assert [(link.kind, link.from_process, link.to_process) for link in links] == [
        (LinkKind.START, 1, 2), (LinkKind.START, 1, 3), (LinkKind.JOIN, 2, 1), (LinkKind.JOIN, 3, 1),
    ]  # fmt: skip
    for link in links:
        assert link.from_ns <= link.to_ns


def test_printed_lines_stand_between_the_other_marks_with_their_numbers() -> None:
    process = Process(2, "Process-1", ProcessKind.WORKER, start_called_ns=1, exited_ns=25, exit_code=0)
    printed = PrintedMarks()
    for number in range(1, 101):
        printed.append(number, 10 * number)
    lane = make_lane(process, None, [], printed.columns())
    assert lane.marks.t.tolist() == sorted([*range(1, 101), 25])
    assert lane.marks.ref[lane.marks.kind == MarkKind.OUTPUT].tolist() == list(range(10, 1001, 10))
    assert lane.marks.kind[np.searchsorted(lane.marks.t, 25, side="right") - 1] == MarkKind.EXIT_OK


def test_a_printed_line_is_never_before_the_one_before() -> None:
    printed = PrintedMarks()
    printed.append(30, 1)
    earlier = printed.columns()
    printed.append(20, 2)
    assert printed.columns().t.tolist() == [30, 30]
    assert earlier.t.tolist() == [30]


def test_columns_have_their_types_even_when_empty() -> None:
    spans, none = Spans.of([]), Marks.of([])
    assert (len(spans), len(none)) == (0, 0)
    assert (spans.t0.dtype, spans.kind.dtype, spans.ref.dtype) == (np.int64, np.uint8, np.int32)
    assert (none.t.dtype, none.kind.dtype, none.ref.dtype) == (np.int64, np.uint8, np.int32)
    assert Spans.of([(1, OPEN, SpanKind.JOIN, 3)]).t1[0] == OPEN


@pytest.mark.parametrize("count", [1, 5, 200])
def test_a_few_marks_come_where_they_belong_among_many(count: int) -> None:
    many = Marks.of([(at, MarkKind.OUTPUT, at + 1) for at in range(0, 1000, 3)])
    few = Marks.of([(at * 999 // count, MarkKind.START, at) for at in range(count)])
    both = many.with_more(few)
    rows = [*zip(many.t, many.kind, many.ref, strict=True), *zip(few.t, few.kind, few.ref, strict=True)]
    assert list(zip(both.t, both.kind, both.ref, strict=True)) == sorted(rows, key=lambda row: row[0])
    assert both.kind.dtype == np.uint8
    assert both.ref.dtype == np.int32


def test_changes_that_nobody_sees_are_one_change_at_the_end() -> None:
    timeline = joined_run(2)
    timeline.add_sample(2, 5, 0.1, 4096)
    before, shape, lane = timeline.revision, timeline.shape, timeline.lane(2)
    with timeline.unseen():
        new = timeline.add_process("late", ProcessKind.WORKER, parent_id=1)
        for at in range(9):
            timeline.add_call(1, CallName.JOIN, 2, at)
        assert 2 not in timeline.totals.living  # it has ended
        assert (timeline.revision, timeline.shape) == (before, shape)
    assert (timeline.revision, timeline.shape) == (before + 1, shape + 1)
    assert sorted(timeline.changed_since(before)) == [1, 2, new.id]
    assert timeline.lane(2) is not lane
