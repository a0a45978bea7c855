"""The level of detail against the plainest possible oracle, which asks of every column which spans overlap it."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktop.chart.geometry.level_of_detail import Grid, Runs, runs, shown_marks
from workers.timeline.lanes import OPEN, Marks, Spans
from workers.timeline.model import MarkKind, SpanKind

NOW_NS = 5_000
KINDS = st.sampled_from([int(kind) for kind in SpanKind])


@st.composite
def lanes(draw: st.DrawFn) -> Spans:
    """Spans that follow each other, some of no length, the last perhaps open."""
    at, rows = draw(st.integers(0, 50)), []
    for length, gap, kind in draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), KINDS), max_size=60)):
        rows.append((at, at + length, kind, 0))
        at += length + max(gap, 1 if not length else 0)
    if rows and draw(st.booleans()):
        rows[-1] = (rows[-1][0], OPEN, rows[-1][2], 0)
    return Spans.of(rows)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Views that may begin and end anywhere, a nanosecond a column and more."""
    columns = draw(st.integers(1, 80))
    start = draw(st.integers(0, 2_000))
    return Grid.over(start, start + columns * draw(st.integers(1, 40)) + draw(st.integers(0, columns - 1)), columns)


def oracle(spans: Spans, grid: Grid) -> list[int]:
    """The highest kind that overlaps each column, 0 where none does."""
    edges = grid.edges.tolist()
    lasting = [(t0, max(t0 + 1, min(t1, NOW_NS)), kind)
               for t0, t1, kind in zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True)]  # fmt: skip
    return [
        max((kind for t0, t1, kind in lasting if t0 < right and t1 > left), default=0)
        for left, right in pairwise(edges)
    ]


def painted(shown: Runs, columns: int) -> list[int]:
    """What a painter that draws the runs in order leaves in each column."""
    pixels = np.zeros(columns, np.int64)
    for x0, x1, kind in zip(shown.x0.tolist(), shown.x1.tolist(), shown.kind.tolist(), strict=True):
        assert 0 <= x0 < x1 <= columns
        pixels[x0:x1] = kind
    return [int(kind) for kind in pixels]


@given(spans=lanes(), grid=grids())
def test_one_by_one_no_column_is_blank_or_hides_what_matters_more(spans: Spans, grid: Grid) -> None:
    assert painted(runs(spans, grid, NOW_NS, sparse=0), grid.columns) == oracle(spans, grid)


@given(spans=lanes(), grid=grids())
def test_by_column_no_column_is_blank_or_hides_what_matters_more(spans: Spans, grid: Grid) -> None:
    assert painted(runs(spans, grid, NOW_NS, sparse=10**6), grid.columns) == oracle(spans, grid)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), KINDS), max_size=40), grids())
def test_waits_of_several_threads_may_overlap(rows: list[tuple[int, int, int]], grid: Grid) -> None:
    spans = Spans.of(sorted((t0, t0 + length, kind, 0) for t0, length, kind in rows))
    assert painted(runs(spans, grid, NOW_NS, sparse=10**6), grid.columns) == oracle(spans, grid)


def test_a_run_of_one_span_names_it_and_a_shared_one_does_not() -> None:
    spans = Spans.of([(0, 40, 2, 0), (40, 41, 8, 0), (41, 80, 2, 0)])
    shown = runs(spans, Grid.over(0, 80, 8), NOW_NS, sparse=10**6)
    assert list(zip(shown.x0, shown.x1, shown.kind, shown.span, strict=True)) == [
        (0, 4, 2, 0),
        (4, 5, 8, -1),
        (5, 8, 2, 2),
    ]


def test_one_failed_span_among_a_hundred_thousand_shows() -> None:
    rows = [(at * 1000, at * 1000 + 900, int(SpanKind.TASK), 0) for at in range(100_000)]
    rows[43_210] = (43_210_000, 43_210_900, int(SpanKind.FAILED), 0)
    shown = runs(Spans.of(rows), Grid.over(0, 100_000_000, 1400), 10**9)
    assert (shown.kind == SpanKind.FAILED).sum() == 1
    assert len(shown) <= 3  # the rest is one run each side


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from([int(kind) for kind in MarkKind])), max_size=80), grids()
)
def test_the_mark_that_matters_most_is_kept(rows: list[tuple[int, int]], grid: Grid) -> None:
    marks = Marks.of([(t, kind, 0) for t, kind in rows])
    shown = shown_marks(marks, grid, 6 * int(grid.edges[-1] - grid.edges[0]) // grid.columns)
    inside = (marks.t >= grid.edges[0]) & (marks.t < grid.edges[-1])
    assert inside[shown].all()
    assert bool(len(shown)) == bool(inside.any())
    if inside.any():
        assert marks.kind[shown].max() == marks.kind[inside].max()


def test_panning_does_not_change_which_marks_show() -> None:
    marks = Marks.of([(t, int(MarkKind.OUTPUT), t) for t in range(0, 1000, 3)])
    one = set(marks.t[shown_marks(marks, Grid.over(100, 600, 50), 40)].tolist())
    other = set(marks.t[shown_marks(marks, Grid.over(140, 640, 50), 40)].tolist())
    assert {t for t in one if 200 <= t < 560} == {t for t in other if 200 <= t < 560}


@given(st.lists(st.integers(-900, 900), min_size=2, max_size=80), st.integers(1, 700))
def test_of_marks_alike_the_last_of_each_cell_is_drawn(times: list[int], cell_ns: int) -> None:
    marks = Marks.of([(t, MarkKind.OUTPUT, n) for n, t in enumerate(sorted(times))])
    shown = shown_marks(marks, Grid.over(-1000, 1000, 50), cell_ns).tolist()
    cells = [t // cell_ns for t in marks.t.tolist()]
    assert shown == [at for at, cell in enumerate(cells) if cell not in cells[at + 1 :]]
