"""A field that is too narrow for its text ends in an ellipsis, or has it in the middle, while nobody writes in it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.cut_line_edit import CutLineEdit

PATH = "/home/someone/projects/numbers/scripts/sort_in_parallel.py"


@pytest.mark.parametrize("middle", [True, False])
def test_a_long_text_is_cut_where_it_tells_least_until_the_keyboard_is_in_the_field(qtbot: QtBot, middle: bool) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    column = QVBoxLayout(top)
    field, by_hand, other = CutLineEdit(middle=middle), CutLineEdit(middle=middle), CutLineEdit()
    for one in (field, by_hand, other):
        column.addWidget(one)
        one.setFixedWidth(180)
    field.setText(PATH)
    how = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    with qtbot.waitExposed(top):
        top.show()
    top.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    drawn = {shown_as(by_hand, field.fontMetrics().elidedText(PATH, how, room)): room for room in range(140, 181)}
    assert image_bytes(field) in drawn, "no text of a width that fits is drawn like it"
    cut = field.fontMetrics().elidedText(PATH, how, drawn[image_bytes(field)])
    assert "…" in cut
    assert cut.startswith("/home")
    assert cut.endswith("parallel.py" if middle else "…")
    before = image_bytes(field)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert image_bytes(field) != before
    assert field.text() == PATH


def shown_as(field: CutLineEdit, text: str) -> bytes:
    """A field that shows a text which fits into it."""
    field.setText(text)
    return image_bytes(field)


def image_bytes(field: CutLineEdit) -> bytes:
    """What is drawn inside of the frame."""
    image = field.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    inside = image.copy(3, 3, image.width() - 6, image.height() - 6)  # lives as long as its bits are read
    return bytes(inside.constBits())
