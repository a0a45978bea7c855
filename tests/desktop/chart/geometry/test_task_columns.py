"""The columns of a lane's tasks against an exact oracle: from ten to a hundred thousand spans, at every zoom, overlapping or
open, computed at once or kept from frame to frame."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop.chart.geometry.task_columns import (
    SEAM,
    ColumnRange,
    TaskColumns,
    WorldGrid,
    columns_wide,
    task_columns,
    widened,
)
from workers.timeline.lanes import OPEN
from workers.timeline.model import SpanKind
from workers.timeline.task_store import LaneTasks, TaskStore

COLUMNS = 300


def lane_of(seed: int, count: int, *, overlapping: bool, going_on: int, failing: float) -> tuple[LaneTasks, int]:
    """Tasks of one worker, and now. going_on: how many of the last have not ended."""
    chance = np.random.default_rng(seed)
    run_ns = int(chance.integers(count * 4, 10**10))
    t0 = np.sort(chance.integers(0, run_ns, count))
    if overlapping:
        length = chance.exponential(run_ns / count * chance.choice([0.3, 3.0]), count).astype(np.int64)
        length[chance.random(count) < 2e-3] *= 100
        t1 = t0 + length
    else:
        t1 = np.append(t0[1:], run_ns) - chance.integers(0, 2, count)
        t1 = np.maximum(t1, t0)
    if going_on:
        t1[chance.choice(np.arange(max(0, count - 50), count), min(going_on, count), replace=False)] = OPEN
    store = TaskStore()
    error = np.where(chance.random(count) < failing, store.names.number("ValueError"), 0)
    error[t1 == OPEN] = 0
    store.extend(1, t0, t1, np.zeros(count), error)
    lane = store.of(1)
    assert lane is not None
    return lane, run_ns


def oracle(lane: LaneTasks, edges: NDArray[np.int64], now_ns: int, cut_ns: int | None) -> NDArray[np.uint8]:
    """Span by span: the highest kind of those that overlap each column."""
    kinds: NDArray[np.uint8] = np.zeros(len(edges) - 1, np.uint8)
    failed = (lane.error > 0) | ((lane.t1 == OPEN) & (cut_ns is not None))
    ends = np.where(lane.t1 == OPEN, now_ns if cut_ns is None else np.maximum(cut_ns, lane.t0), lane.t1)
    ends = np.maximum(np.minimum(ends, now_ns), lane.t0 + 1)
    inside = (lane.t0 < edges[-1]) & (ends > edges[0])
    for t0, t1, bad in zip(lane.t0[inside].tolist(), ends[inside].tolist(), failed[inside].tolist(), strict=True):
        first = max(0, int(np.searchsorted(edges, t0, "right")) - 1)
        last = int(np.searchsorted(edges, t1, "left"))
        part = kinds[first:last]
        np.maximum(part, np.uint8(SpanKind.FAILED if bad else SpanKind.TASK), out=part)
    return kinds


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32), count=st.sampled_from([1, 10, 1_000, 10_000, 40_000]), overlapping=st.booleans(),
    going_on=st.sampled_from([0, 1, 7]), failing=st.sampled_from([0.0, 1e-3, 1.0]), zoom=st.floats(0, 1),
    at=st.floats(0, 1), cut=st.booleans(),
)  # fmt: skip
def test_no_column_that_holds_a_span_is_blank_and_a_failed_one_always_shows(
    seed: int, count: int, overlapping: bool, going_on: int, failing: float, zoom: float, at: float, cut: bool
) -> None:
    lane, now_ns = lane_of(seed, count, overlapping=overlapping, going_on=going_on, failing=failing)
    cut_ns = now_ns - 3 if cut else None
    grid = WorldGrid(max(1, int(now_ns * 10 ** (-9 * zoom))), COLUMNS)
    first = grid.column(int(at * now_ns)) - COLUMNS // 2
    shown = task_columns(lane, cut_ns, ColumnRange(grid, first, first + COLUMNS, now_ns))
    expected = oracle(lane, grid.edges(first, first + COLUMNS), now_ns, cut_ns)
    np.testing.assert_array_equal(shown % SEAM, expected)


@pytest.mark.parametrize("overlapping", [False, True])
def test_a_hundred_thousand_at_every_zoom(overlapping: bool) -> None:
    lane, now_ns = lane_of(5, 100_000, overlapping=overlapping, going_on=1, failing=1e-4)
    for halving in range(0, 34, 3):
        grid = WorldGrid(max(1, now_ns >> halving), COLUMNS)
        first = grid.column(int(lane.t0[40_000])) - 20
        shown = task_columns(lane, None, ColumnRange(grid, first, first + COLUMNS, now_ns))
        np.testing.assert_array_equal(shown % SEAM, oracle(lane, grid.edges(first, first + COLUMNS), now_ns, None))


MOVES = st.lists(
    st.tuples(st.sampled_from(["pan", "zoom", "begin", "end", "fail", "wait"]), st.integers(-400, 400)), max_size=25
)


@settings(max_examples=60, deadline=None)
@example(
    [("pan", 158), ("zoom", -331), ("begin", 0), ("begin", 0), ("begin", 89), ("begin", 46)]
)  # a seam was left out
@given(MOVES)
def test_columns_kept_from_frame_to_frame_are_those_made_at_once(moves: list[tuple[str, int]]) -> None:
    store = TaskStore()
    kept, grid, first, now_ns = TaskColumns(), WorldGrid(30_000, COLUMNS), 0, 20_000
    going: list[int] = [store.begin(1, "task", 5_000)]
    lane = store.of(1)
    assert lane is not None
    for what, number in moves:
        if what == "pan":
            first += number
        elif what == "zoom":
            grid = WorldGrid(max(1, grid.length_ns + number * 50), COLUMNS)
        elif what == "begin":
            going.append(store.begin(1, "task", now_ns - abs(number)))
        elif what in ("end", "fail") and going:
            store.end(going.pop(), now_ns - 10, "ValueError" if what == "fail" else None)
        now_ns += abs(number)
        kept.update(lane, None, ColumnRange(grid, first, first + COLUMNS, now_ns))
        shown = kept.kinds[first - kept.first :][:COLUMNS]
        np.testing.assert_array_equal(
            shown, task_columns(lane, None, ColumnRange(grid, first, first + COLUMNS, now_ns))
        )


def test_panning_makes_new_columns_only_and_a_frame_without_news_none() -> None:
    lane, now_ns = lane_of(3, 10_000, overlapping=False, going_on=0, failing=0)
    kept, grid = TaskColumns(), WorldGrid(now_ns // 10, COLUMNS)
    kept.update(lane, None, ColumnRange(grid, 900, 900 + COLUMNS, now_ns))
    assert kept.computed == COLUMNS
    for step in range(1, 21):
        kept.update(lane, None, ColumnRange(grid, 900 + step, 900 + step + COLUMNS, now_ns))
    assert kept.computed < 2 * COLUMNS
    made = kept.computed
    kept.update(lane, None, ColumnRange(grid, 920, 920 + COLUMNS, now_ns))
    assert kept.computed == made


def test_following_makes_the_columns_after_the_last_change_only() -> None:
    store = TaskStore()
    grid, kept = WorldGrid(1_000_000, COLUMNS), TaskColumns()
    for number in range(900):
        store.end(store.begin(1, "task", number * 1_000), number * 1_000 + 900, None)
    lane = store.of(1)
    assert lane is not None
    kept.update(lane, None, ColumnRange(grid, 0, COLUMNS, 900_000))
    store.begin(1, "task", 900_500)
    kept.update(lane, None, ColumnRange(grid, 0, COLUMNS, 901_000))
    assert kept.computed < 1.2 * COLUMNS


@settings(max_examples=80, deadline=None)
@given(
    kinds=st.lists(st.sampled_from([0, SpanKind.TASK, SpanKind.TASK + SEAM, SpanKind.FAILED, SpanKind.FAILED + SEAM])),
    least=st.integers(1, 8),
)
def test_what_failed_is_widened_over_what_matters_less_and_nothing_else_changes(kinds: list[int], least: int) -> None:
    before = np.array(kinds, np.uint8)
    after = widened(before, least)
    failed = before % SEAM == SpanKind.FAILED
    reached = np.zeros(len(before), bool)
    for at in np.flatnonzero(failed).tolist():
        if at == 0 or not failed[at - 1]:
            reached[at : at + least] = True
    np.testing.assert_array_equal(after[failed], before[failed])
    np.testing.assert_array_equal(after[~failed & reached], SpanKind.FAILED)
    np.testing.assert_array_equal(after[~failed & ~reached], before[~failed & ~reached])


@pytest.mark.parametrize(
    ("detail", "columns"), [(0.75, 1), (1.0, 1), (1.004, 1), (1.25, 2), (1.998, 2), (2.5, 3), (8, 8)]
)
def test_a_unit_is_whole_columns_wide(detail: float, columns: int) -> None:
    assert columns_wide(detail) == columns
