"""The table of tasks and spans, filtered and sorted, against the plainest way to do it."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import MS, SECOND, pooled_run, threaded_run, traced_run

from workers.analysis.tables.work_filter import NO_FILTER, WorkFilter, parse_filter
from workers.analysis.tables.work_table import UNKNOWN, WorkTable, work_source
from workers.analysis.tables.work_view import WorkColumn, WorkQuery, view_of
from workers.timeline.model import Task
from workers.timeline.timeline import Timeline


def table_of(timeline: Timeline) -> WorkTable:
    return work_source(timeline).table()


def ids(timeline: Timeline, query: WorkQuery) -> list[int]:
    """The ids of the tasks that pass, in order."""
    return (view_of(table_of(timeline), query).rows + 1).tolist()


def lasted(timeline: Timeline, task: Task) -> int:
    ended = task.ended_ns
    if ended is None:
        ended = timeline.process(task.process).last_ns
    return (timeline.now_ns if ended is None else ended) - task.began_ns


@pytest.mark.parametrize("make", [pooled_run, threaded_run, lambda: pooled_run(ended=False)])
def test_the_table_has_what_the_tasks_have(make: Callable[[], Timeline]) -> None:
    timeline = make()
    table = table_of(timeline)
    assert len(table) == len(timeline.tasks) > 0
    for row, task in enumerate(timeline.tasks):
        lane = table.lanes[table.lane[row]]
        assert (lane.process, lane.thread) == (task.process, task.thread)
        assert table.names[table.name[row]] == task.name
        assert (table.began[row], table.lasted[row]) == (task.began_ns, lasted(timeline, task))
        assert table.ended[row] == (task.ended_ns is not None)
        assert (table.error is not None and table.names[table.error[row]]) == (task.error or "")
        assert table.waited is not None
        assert table.waited[row] == (UNKNOWN if task.waited_ns is None else task.waited_ns)
        for column, value in ((table.index, task.index), (table.of, task.of)):
            assert (UNKNOWN if column is None else column[row]) == (UNKNOWN if value is None else value)
        if task.cpu_s is not None:
            assert table.cpu is not None
            assert table.cpu[row] == pytest.approx(task.cpu_s * 1e9, abs=1)


def test_what_nothing_is_known_of_is_no_column() -> None:
    table = table_of(threaded_run())
    assert [table.cpu, table.bytes_in, table.bytes_out, table.index, table.arguments, table.own] == [None] * 6
    assert table.failed is not None


def test_a_task_whose_process_ended_first_failed_and_lasted_until_then() -> None:
    timeline = pooled_run(4, ended=False)
    ran_until = 500 * MS
    timeline.process(2).exited_ns = ran_until
    timeline.now_ns = 2 * SECOND
    table = table_of(timeline)
    cut = timeline.open_tasks(2)[0]
    assert table.failed is not None
    assert bool(table.failed[cut.id - 1])
    assert table.lasted[cut.id - 1] == ran_until - cut.began_ns
    runs = timeline.open_tasks(3)[0]
    assert not table.failed[runs.id - 1]
    assert table.lasted[runs.id - 1] == timeline.now_ns - runs.began_ns
    assert ids(timeline, WorkQuery(parse_filter("error"))) == [cut.id]


def test_a_table_that_is_made_stays_as_it_is_while_the_run_goes_on() -> None:
    timeline = pooled_run(6, ended=False)
    source = work_source(timeline)
    count = len(timeline.tasks)
    for number in range(200):
        late = timeline.begin_task(2, "late", 50 * MS - number)  # not in order: the store sorts its columns
        timeline.finish_task(late, 60 * MS, None)
    assert timeline.tasks.of(2) is not None
    table = source.table()
    assert len(table) == count
    assert {table.names[name] for name in table.name} == {"square", "load"}
    assert np.all(table.began >= 100 * MS)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("column", "key"),
    [
        (WorkColumn.LASTED, lambda timeline, task: lasted(timeline, task)),
        (WorkColumn.NAME, lambda _, task: task.name),
        (WorkColumn.LANE, lambda _, task: task.process),
        (WorkColumn.BEGAN, lambda _, task: task.began_ns),
        (WorkColumn.WAITED, lambda _, task: task.waited_ns),
        (WorkColumn.NUMBER, lambda _, task: task.index),
        (WorkColumn.ARGUMENTS, lambda _, task: None if task.arguments is None else int(task.arguments[1:-2])),
        (WorkColumn.ERROR, lambda _, task: "its process ended" if task.ended_ns is None else task.error),
        (WorkColumn.BYTES_IN, lambda _, task: None),
    ],
)
def test_any_column_sorts_and_the_unknown_come_last(
    column: WorkColumn, key: Callable[[Timeline, Task], int | str | None], descending: bool
) -> None:
    timeline = pooled_run(40, 3)
    timeline.begin_task(2, "unknown", 90 * MS)
    keys = {task.id: key(timeline, task) for task in timeline.tasks}
    known = [one for one in keys if keys[one] is not None]
    # Of equal ones the first comes first, in either direction.
    expected = sorted(known, key=lambda one: keys[one], reverse=descending)  # type: ignore[arg-type,return-value]
    expected += [one for one in keys if keys[one] is None]
    assert ids(timeline, WorkQuery(column=column, descending=descending)) == expected


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=60),
    st.sampled_from(["", ">10ms", "<=20ms", "error", "square", "forkpoolworker-1", "worker-1 >5ms", "value", '"1,"']),
)
@settings(max_examples=60)
def test_the_next_longest_visits_each_row_that_passes_once_and_never_a_longer_one(
    durations: list[int], text: str
) -> None:
    timeline = pooled_run(len(durations))
    for task, ms in zip(timeline.tasks, durations, strict=True):
        timeline.finish_task(task.id, task.began_ns + ms * MS, task.error)
    view = view_of(table_of(timeline), WorkQuery(parse_filter(text)))
    visited: list[int] = []
    row = view.longest_after(None)
    while row is not None:
        visited.append(row)
        row = view.longest_after(row)
    assert sorted(visited) == sorted(view.rows.tolist())
    assert [view.table.lasted[row] for row in visited] == sorted(view.table.lasted[visited], reverse=True)
    for before, after in pairwise(visited):
        assert view.longest_after(after, back=True) == before


def test_figures_and_histogram_are_of_what_passes() -> None:
    timeline = pooled_run(101)
    everything = view_of(table_of(timeline), WorkQuery())
    assert (everything.durations.median_ns, everything.durations.longest_ns) == (51 * MS, 101 * MS)
    assert everything.durations.p95_ns == np.quantile(everything.table.lasted, 0.95)
    few = view_of(everything.table, WorkQuery(parse_filter(">=11ms <12ms")))
    assert (few.durations.median_ns, len(few.rows), few.failed) == (11 * MS, 1, 0)
    assert (
        few.histogram.of_all.tolist() == everything.histogram.of_all.tolist() == everything.histogram.passing.tolist()
    )
    assert (int(few.histogram.of_all.sum()), int(few.histogram.passing.sum())) == (101, 1)
    for bin_, count in enumerate(everything.histogram.of_all.tolist()):
        low, high = everything.histogram.edges(bin_)
        assert count == sum(low <= ms * MS < (high or 1 << 62) for ms in range(1, 102))


def test_spans_have_the_time_without_the_spans_in_them() -> None:
    timeline = traced_run(2)
    table = table_of(timeline)
    assert (len(table), len(table.lanes), table.spans) == (10, 4, True)
    assert table.own is not None
    # main is 9 s long and has load (4 s) and wait, which has no end, in it; the requests may overlap.
    assert table.own[:5].tolist() == [UNKNOWN, 4 * SECOND, UNKNOWN, UNKNOWN, UNKNOWN]
    assert (table.row_of_span(3, 2), table.span_of_row(7), table.row_of_span(3, 3), table.row_of_span(9, 0)) == (
        7, 2, None, None,
    )  # fmt: skip


def test_names_have_their_totals_whatever_name_is_asked_for() -> None:
    table = table_of(traced_run(3))
    load = table.names.index("load")
    view = view_of(table, WorkQuery(name=load))
    assert len(view.rows) == 3
    totals = {table.names[name]: at for at, name in enumerate(view.totals.name)}
    assert list(totals) == ["main", "request", "load", "wait"]  # by their totals
    at = totals["load"]
    assert [int(column[at]) for column in (view.totals.count, view.totals.total, view.totals.own, view.totals.longest)] == [
        3, 12 * SECOND, 12 * SECOND, 4 * SECOND,
    ]  # fmt: skip
    wait = totals["wait"]
    assert [int(column[wait]) for column in (view.totals.count, view.totals.without_end, view.totals.total)] == [
        3,
        3,
        0,
    ]
    assert view.totals.longest[wait] == view.totals.own[totals["main"]] == view.totals.own[totals["request"]] == UNKNOWN


def test_an_empty_run_has_an_empty_answer() -> None:
    view = view_of(table_of(Timeline()), WorkQuery(WorkFilter(failed=True, words=("a",)), column=WorkColumn.NAME))
    assert (len(view.rows), view.longest_after(None), len(view.histogram), view.durations.median_ns) == (
        0,
        None,
        0,
        None,
    )
    assert NO_FILTER.empty
