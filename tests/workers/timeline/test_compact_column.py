"""Compact columns against plain lists."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.timeline.columns import CompactColumn

VALUES = st.sampled_from([-1, 0, 0, 0, 7, 2**31 - 1, 2**31, -(2**31) - 1, 2**40])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), VALUES),
        st.tuples(st.just("extend"), st.lists(VALUES, max_size=4)),
        st.tuples(st.just("repeat"), st.tuples(VALUES, st.integers(0, 3))),
        st.tuples(st.just("set"), st.tuples(st.integers(0, 30), VALUES)),
        st.tuples(st.just("reorder"), st.randoms()),
    )
)


@pytest.mark.parametrize("narrow", [None, np.int32])
@pytest.mark.parametrize("usual", [None, 0])
@given(steps=STEPS)
def test_a_column_holds_what_was_put_there(usual: int | None, narrow: Any, steps: list[tuple[str, Any]]) -> None:
    column, model = CompactColumn(np.int64, usual, narrow), []
    for what, value in steps:
        if what == "append":
            column.append(value)
            model.append(value)
        elif what == "extend":
            column.extend(np.array(value, np.int64))
            model += value
        elif what == "repeat":
            column.repeat(*value)
            model += [value[0]] * value[1]
        elif what == "set" and value[0] < len(model):
            column.set(*value)
            model[value[0]] = value[1]
        elif what == "reorder":
            order = list(range(len(model)))
            value.shuffle(order)
            column.reorder(np.array(order, np.int64))
            model = [model[at] for at in order]
    assert column.view.tolist() == model
    assert column.view.dtype == np.int64
    assert column.count == len(model)
    assert [column[at] for at in range(len(model))] == model


def test_equal_entries_take_no_room_and_small_ones_half() -> None:
    column = CompactColumn(np.int64, narrow=np.int32)
    column.repeat(5, 1_000_000)
    assert (column.nbytes, len(column.view), column.view[3]) == (0, 1_000_000, 5)
    column.append(6)
    assert column.nbytes < 4_600_000
    column.append(2**40)
    assert column.view[-3:].tolist() == [5, 6, 2**40]


def test_unknown_figures_are_not_equal_to_each_other() -> None:
    column = CompactColumn(np.float32)
    column.repeat(np.nan, 2)
    column.append(0.25)
    column.extend(np.array([np.nan, 1.5], np.float32))
    assert str(column.view.tolist()) == "[nan, nan, 0.25, nan, 1.5]"
