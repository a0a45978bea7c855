"""Distinct values of a column: the same as numpy's."""

import numpy as np
import pytest

from workers.timeline.distinct import distinct


@pytest.mark.parametrize("most", [1, 3, 1000])
@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_the_same_as_numpy(count: int, most: int) -> None:
    column = np.random.default_rng(count * most).integers(0, most, count).astype(np.uint32)
    found = distinct(column)
    expected = np.unique(column, return_index=True, return_inverse=True, return_counts=True)
    for mine, theirs in zip((found.values, found.first, found.which, found.counts), expected, strict=True):
        assert mine.tolist() == theirs.tolist()
    assert found.values.dtype == column.dtype
