"""What is measured is said where it can be read."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from desktop.chart.ink import Ink
from desktop.chart.overlay import Overlay, words_box
from desktop.palette import LIGHT

WORDS = "226 ms", "11 processes alive"
LANES = QRectF(0, 26, 440, 400)
PILL = QRectF(LANES.right() - 80, LANES.top(), 80, 40)


@pytest.mark.parametrize(("left", "right"), [(150, 300), (10, 60), (380, 430), (0, 440), (300, 310)])
def test_the_words_of_an_interval_lie_within_the_lanes_and_not_below_the_pill(
    qapp: QApplication, left: float, right: float
) -> None:
    overlay = Overlay((0, 1), WORDS, corner=(PILL.width(), PILL.height()))
    band = QRectF(left, LANES.top(), right - left, LANES.height())
    box = words_box(Ink(LIGHT), overlay, band, LANES)
    assert LANES.contains(box)
    assert not box.intersects(PILL)
