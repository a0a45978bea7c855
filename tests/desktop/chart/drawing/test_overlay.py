"""What is measured is said where it can be read."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.overlay import Overlay, chips, words_box
from desktop.chart.geometry.time_scale import TimeScale
from desktop.look.palette import LIGHT
from workers.timeline.model import Bookmark

WORDS = "226 ms", "11 processes alive"
LANES = QRectF(0, 26, 440, 400)


@pytest.mark.parametrize(("left", "right"), [(150, 300), (10, 60), (380, 430), (0, 440), (300, 310)])
def test_the_words_of_an_interval_lie_within_the_lanes(qapp: QApplication, left: float, right: float) -> None:
    overlay = Overlay((0, 1), WORDS)
    band = QRectF(left, LANES.top(), right - left, LANES.height())
    box = words_box(ChartStyle(LIGHT), overlay, band, LANES)
    assert LANES.contains(box)


def test_the_label_of_a_mark_at_the_right_edge_can_be_read(qapp: QApplication) -> None:
    axis, scale = QRectF(0, 0, 400, 26), TimeScale(0, 400, 0.0, 400.0)
    marks = Bookmark(100, "far from the edge"), Bookmark(396, "at the edge")
    first, last = chips(ChartStyle(LIGHT), marks, scale, axis)
    assert (first[1].left(), first[2]) == (100, "far from the edge")
    assert (last[1].right(), last[2]) == (396, "at the edge")
    assert last[1].width() > 50
    assert axis.contains(last[1])
    near, crowded = chips(ChartStyle(LIGHT), (Bookmark(380, "one"), Bookmark(396, "two")), scale, axis)
    assert not near[1].intersects(crowded[1])
