"""What was predicted beside what happened: its words stay in the picture."""

import pytest

from desktop.chart.drawing.guesses import beside


@pytest.mark.parametrize(
    ("x", "width", "at"),
    [
        (100, 200, 103),  # at the right
        (500, 200, 297),  # at the left, where the right has no room
        (350, 400, 150),  # across the line, where no side has
        (250, 400, 100),  # not beyond the edge at the left
        (550, 450, 150),  # nor at the right
    ],
)
def test_words_are_beside_their_line_and_never_cut(x: float, width: float, at: float) -> None:
    assert beside(x, width, 100, 600) == (at, width)


def test_words_wider_than_the_picture_have_all_of_it() -> None:
    assert beside(300, 900, 100, 600) == (100, 500)
