"""Which lanes the words of the filter leave."""

import pytest
from support.builders import joined_run

from desktop.chart.geometry.lane_filter import hidden


@pytest.mark.parametrize(
    ("words", "left"),
    [("", {1, 2, 3, 4}), ("process-2", {3}), ("WORKER", {2, 3, 4}), ("kind:program", {1}), ("sigkill", {3}),
     ("joined -sigkill", {2, 4}), ("1002", {3}), ("pid:100", {1, 2, 3, 4}), ("name:100", set()), ("state:joined", {2, 3, 4}),
     ("-", {2, 3, 4}), ("worker nobody", set()), ('"exit 0"', {1, 2, 4}), ('-state:"exit 0"', {3}), ('"0 exit"', set()),
     ('state:"exit 0" "process-3"', {4}), ('"exit 0', {1, 2, 4}), ('"', {1, 2, 3, 4}), ('""', {1, 2, 3, 4})],
)  # fmt: skip
def test_words_leave_the_lanes_that_say_all_of_them(words: str, left: set[int]) -> None:
    assert {1, 2, 3, 4} - hidden(joined_run(3, exit_codes={2: -9}), words) == left
