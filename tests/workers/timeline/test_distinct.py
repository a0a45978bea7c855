"""Distinct values of a column, and which are among others: the same as numpy's."""

import re
import subprocess
import sys

import numpy as np
import pytest

from tests.support.paths import ROOT
from workers.timeline.distinct import are_among, distinct


@pytest.mark.parametrize("most", [1, 3, 1000])
@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_the_same_as_numpy(count: int, most: int) -> None:
    column = np.random.default_rng(count * most).integers(0, most, count).astype(np.uint32)
    found = distinct(column)
    expected = np.unique(column, return_index=True, return_inverse=True, return_counts=True)
    for mine, theirs in zip((found.values, found.first, found.which, found.counts), expected, strict=True):
        assert mine.tolist() == theirs.tolist()
    assert found.values.dtype == column.dtype


@pytest.mark.parametrize("values", [[], [7], [3, 3, 1], [0, 5, 900, 4]])
@pytest.mark.parametrize("count", [0, 1, 500])
def test_are_among_is_the_same_as_numpy(count: int, values: list[int]) -> None:
    column = np.random.default_rng(count).integers(0, 8, count).astype(np.uint32)
    among = np.array(values, np.uint32)
    assert are_among(column, among).tolist() == np.isin(column, among).tolist()


def test_the_masked_arrays_of_numpy_are_not_imported() -> None:
    program = """
import sys, numpy
from workers.timeline.distinct import are_among, distinct
column = numpy.array([3, 1, 3])
distinct(column), are_among(column, column), are_among(column[:0], column)
assert "numpy.ma" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_code_calls_what_imports_them() -> None:
    called = re.compile(r"\bnp\.(unique|isin|in1d|setdiff1d|union1d|intersect1d)\(")
    for package in ("workers", "desktop"):
        for file in (ROOT / package).rglob("*.py"):
            assert not called.search(file.read_text()), file
