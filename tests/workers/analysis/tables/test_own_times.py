"""The own times of nested spans against the plainest way to find them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.analysis.tables.own_times import own_times
from workers.timeline.lanes import OPEN
from workers.timeline.tracks import TrackSpans

Rows = list[tuple[int, int, int]]


@st.composite
def nested(draw: st.DrawFn, begin: int = 0, end: int = 60, depth: int = 0) -> Rows:
    """(begin, end, depth) of spans within [begin, end), outer ones before those in them."""
    rows: Rows = []
    at = begin
    while depth < 4 and at < end and draw(st.booleans()):
        first = draw(st.integers(at, end - 1))
        last = draw(st.integers(first + 1, end))
        rows += [(first, last, depth), *draw(nested(first, last, depth + 1))]
        at = last
    return rows


@given(nested(), st.sets(st.integers(0, 30), max_size=2))
def test_own_time_is_what_no_span_directly_in_it_covers(rows: Rows, without_end: set[int]) -> None:
    gone_on = [at in without_end for at in range(len(rows))]
    spans = TrackSpans(
        np.array([row[0] for row in rows], np.int64),
        np.array([OPEN if on else row[1] for row, on in zip(rows, gone_on, strict=True)], np.int64),
        np.ones(len(rows), np.uint8),
        np.zeros(len(rows), np.uint32),
        np.array([row[2] for row in rows], np.uint16),
    )
    for at, (own, (begin, end, depth)) in enumerate(zip(own_times(spans).tolist(), rows, strict=True)):
        inner = [one for one, (t0, t1, deep) in enumerate(rows) if deep == depth + 1 and begin <= t0 and t1 <= end]
        if gone_on[at] or any(gone_on[one] for one in inner):
            assert own == -1
        else:
            assert own == end - begin - sum(rows[one][1] - rows[one][0] for one in inner)


def test_a_span_that_only_overlaps_is_not_in_the_one_above() -> None:
    spans = TrackSpans(np.array([0, 5]), np.array([10, 20]), np.ones(2, np.uint8), np.zeros(2, np.uint32),
                       np.array([0, 1], np.uint16))  # fmt: skip
    assert own_times(spans).tolist() == [10, 15]
