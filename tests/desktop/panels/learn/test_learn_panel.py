"""The list of lessons, as it is drawn."""

from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.panels.learn.learn_panel import SIGNS, LearnPanel, LessonRow, Progress


def test_further_lines_of_a_lesson_stand_beside_its_sign(qtbot: QtBot) -> None:
    panel = LearnPanel()
    qtbot.addWidget(panel)
    panel.resize(200, 400)
    panel.show()
    panel.show_rows([LessonRow("", "1. " + "wide " * 20, Progress.OPEN)])
    rows = find(panel, QListWidget, "learn_list")
    rows.setCurrentItem(None)
    place = rows.visualItemRect(rows.item(rows.count() - 1))
    line_px = rows.fontMetrics().height()
    assert place.height() > 3 * line_px
    image = rows.viewport().grab(place.adjusted(2, 0, -2, -2)).toImage()
    sign_px = rows.fontMetrics().horizontalAdvance(SIGNS[Progress.OPEN])

    def colours(top: int, bottom: int) -> int:
        return len({image.pixel(x, y) for x in range(sign_px) for y in range(top, bottom)})

    assert colours(0, line_px) > 1, "the sign"
    assert colours(line_px + 2, image.height()) == 1, "nothing below it"
