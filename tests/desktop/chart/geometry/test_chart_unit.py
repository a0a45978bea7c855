"""The chart is as large as the letters of the application, and hands meet what they see at any size."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run
from support.charts import canvas, font, open_view
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.chart_unit import unit_for
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.overview import HEIGHT_PX
from desktop.facts.selection import PhaseSelection, ProcessSelection
from desktop.look.palette import LIGHT
from workers.timeline.model import SpanKind

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.mark.parametrize(("letter_px", "unit"), [(12, 1.0), (13, 1.0), (14.7, 1.25), (18, 1.5), (24, 2.0), (9, 0.75),
                                                 (4, 0.75), (90, 4.0)])  # fmt: skip
def test_a_unit_is_a_pixel_with_usual_letters_and_more_with_larger_ones(letter_px: float, unit: float) -> None:
    assert unit_for(letter_px) == unit


@pytest.fixture(params=[12, 15, 18, 24])
def view(qtbot: QtBot, request: pytest.FixtureRequest) -> TimelineView:
    return open_view(qtbot, joined_run(4), size_px=(1200, 700), letters_px=request.param)


def place(view: TimelineView, at_ns: int, process: int) -> QPoint:
    """The pixel of a moment on a process's bar."""
    row = view.state.rows.row_of(process)
    assert row is not None
    middle = AXIS_PX + row.top_px + BAR_TOP_PX + BAR_PX / 2
    return (QPointF(view.scale.x(at_ns), middle) * view.unit_px).toPoint()


def test_a_bar_lies_and_is_clicked_where_it_is_seen(view: TimelineView, qtbot: QtBot) -> None:
    at = place(view, 500 * MS, 4)
    image = canvas(view).viewport().grab().toImage()
    assert QColor(image.pixel(at + QPoint(0, round(8 * view.unit_px)))).name() == LIGHT.alive
    qtbot.mouseClick(canvas(view).viewport(), Qt.MouseButton.LeftButton, pos=at)
    found = view.state.selection
    assert found is not None
    assert (found.process, found.phase) == (4, int(SpanKind.ALIVE))


def test_zooming_and_panning_stay_under_the_pointer(view: TimelineView, qtbot: QtBot) -> None:
    target, unit = canvas(view).viewport(), view.unit_px
    held = view.scale.at(300 / unit)
    for _ in range(12):
        QApplication.sendEvent(target, QWheelEvent(
            QPointF(300, 200), QPointF(target.mapToGlobal(QPoint(300, 200))), QPoint(), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip
    assert view.scale.x(held) * unit == pytest.approx(300, abs=0.5)
    qtbot.mousePress(target, Qt.MouseButton.MiddleButton, pos=QPoint(300, 200))
    for step in range(1, 9):
        qtbot.mouseMove(target, QPoint(300 + 16 * step, 200))
    qtbot.mouseRelease(target, Qt.MouseButton.MiddleButton, pos=QPoint(428, 200))
    assert view.scale.x(held) * unit == pytest.approx(428, abs=0.5)


def test_headers_lie_beside_their_lanes_and_are_as_wide_as_their_letters_ask(view: TimelineView, qtbot: QtBot) -> None:
    headers = find(view, Headers)
    row = view.state.rows.row_of(3)
    assert row is not None
    assert headers.width() >= 170 * view.unit_px
    assert headers.geometry().right() + 1 == canvas(view).geometry().left()
    at = QPoint(headers.width() // 2, round((row.top_px + row.height_px / 2) * view.unit_px))
    qtbot.mouseClick(headers, Qt.MouseButton.LeftButton, pos=at)
    assert view.state.selection == ProcessSelection(3)


def test_the_label_of_a_mark_is_written_where_the_mark_is(view: TimelineView, qtbot: QtBot) -> None:
    view.select(PhaseSelection(3, 52 * MS, phase=SpanKind.ALIVE))
    qtbot.keyClick(canvas(view), Qt.Key.Key_M)
    field = find(view, QLineEdit, "mark_label")
    assert field.x() == pytest.approx(view.scale.x(52 * MS) * view.unit_px, abs=1)
    assert field.height() >= field.fontMetrics().height()


def test_another_font_is_followed_at_once(view: TimelineView, qtbot: QtBot) -> None:
    view.setFont(font(36))
    assert view.unit_px == 3.0
    paints = canvas(view).item.paints
    qtbot.waitUntil(lambda: canvas(view).item.paints > paints)
    overview = find(view, QWidget, "overview")
    qtbot.waitUntil(lambda: overview.height() == 3 * HEIGHT_PX)
