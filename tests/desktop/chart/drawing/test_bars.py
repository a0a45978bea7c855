"""The hatch of a wait: cut to its box by arithmetic, and still while the view moves."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from desktop.chart.drawing.bars import HATCH_PX, hatch


@given(left=st.integers(0, 500), width=st.integers(1, 500), hidden=st.integers(0, 10**9))
def test_no_line_leaves_the_box(left: int, width: int, hidden: int) -> None:
    box = QRectF(left, 10, width, 16)
    lines = hatch(box, left - hidden)
    assert len(lines) <= width / HATCH_PX + 4
    for line in lines:
        assert box.left() <= line.x1() < line.x2() <= box.right()
        assert box.top() - 1e-6 <= line.y2() < line.y1() <= box.bottom() + 1e-6


def test_the_hatch_hangs_on_where_the_wait_begins_not_on_the_edge_of_the_view() -> None:
    whole = hatch(QRectF(0, 0, 300, 16), 0)
    cut = hatch(QRectF(100, 0, 200, 16), 0)
    inside = {(line.x1(), line.x2()) for line in whole if line.x1() >= 100}
    assert inside <= {(line.x1(), line.x2()) for line in cut}
