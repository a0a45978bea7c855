"""The columns of a track's depth, coloured by name, against an oracle that goes span by span."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.chart.drawing.lanes.track_levels import TrackLevels
from desktop.chart.geometry.task_columns import NAMED, SEAM, ColumnRange, TaskColumns, WorldGrid, task_columns, widened
from desktop.look.name_colours import name_colours
from workers.timeline.model import SpanKind
from workers.timeline.tracks import Track, TrackKind, TrackSpans

NAMES = ["parse", "layout", "paint", "collect", "wait"]
COLUMNS = 60


def track_of(lengths: list[tuple[int, int]], failing: int) -> Track:
    """Spans of one depth one after another. lengths: (pause before it, length). failing: every how manieth failed."""
    edges = np.cumsum(np.array(lengths, np.int64).ravel())
    t0, t1 = edges[0::2], edges[1::2]
    number = np.arange(len(t0))
    kind = np.where(number % failing == failing - 1, SpanKind.FAILED, SpanKind.TASK).astype(np.uint8)
    spans = TrackSpans(t0, t1, kind, (number * 7 % 5).astype(np.uint32), np.zeros(len(t0), np.uint16))
    return Track(1, 1, "track", TrackKind.THREAD, spans, np.empty(0, np.int64), np.empty(0, np.uint32))


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60)), min_size=1, max_size=60),
    st.integers(2, 9),
    st.integers(1, 4000),
    st.integers(0, 50),
)
def test_a_column_shows_the_colour_of_the_last_span_in_it_and_failures_above_all(
    lengths: list[tuple[int, int]], failing: int, length_ns: int, first: int
) -> None:
    track = track_of(lengths, failing)
    level = TrackLevels().at(track, 0, NAMES)
    now_ns = int(track.spans.t1[-1])
    wanted = ColumnRange(WorldGrid(max(COLUMNS, length_ns), COLUMNS), first, first + COLUMNS, now_ns)
    shown = task_columns(level, None, wanted)
    colours = name_colours(NAMES)
    for at, (left, right) in enumerate(zip(wanted.edges[:-1].tolist(), wanted.edges[1:].tolist(), strict=True)):
        inside = np.flatnonzero((track.spans.t0 < right) & (track.spans.t1 > left))
        if not len(inside):
            assert shown[at] == 0
        elif (track.spans.kind[inside] == SpanKind.FAILED).any():
            assert shown[at] in (SpanKind.FAILED, SpanKind.FAILED + SEAM)
        else:
            shade = NAMED + colours[track.spans.name[inside[-1]]]
            assert shown[at] in (shade, shade + SEAM)
    kept = TaskColumns()
    for start in (first, first + 7, first + 20, max(0, first - 5)):
        part = ColumnRange(wanted.grid, start, start + COLUMNS, now_ns)
        kept.update(level, None, part)
        there = kept.kinds[start - kept.first : start - kept.first + COLUMNS]
        assert (there == task_columns(level, None, part)).all(), "panning changes no colour"


def test_a_wide_span_is_set_apart_from_its_neighbour() -> None:
    level = TrackLevels().at(track_of([(0, 100), (0, 100), (0, 100)], 9), 0, NAMES)
    shown = task_columns(level, None, ColumnRange(WorldGrid(300, COLUMNS), 0, COLUMNS, 300))
    assert np.flatnonzero(shown & SEAM).tolist() == [0, 20, 40]


@pytest.mark.parametrize("colour", range(8))
def test_only_what_failed_is_widened(colour: int) -> None:
    kinds = np.array([NAMED + colour, 0, 0, NAMED + SEAM + colour, 0, SpanKind.FAILED, 0, 0], np.uint8)
    assert np.flatnonzero(widened(kinds, 2) != kinds).tolist() == [6]
