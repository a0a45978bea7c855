"""The timeline view, opened for tests as on a screen."""

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.view import TimelineView
from desktop.chart.widgets.canvas import Canvas
from desktop.look.palette import LIGHT
from workers.timeline.timeline import Timeline


def open_view(
    qtbot: QtBot,
    timeline: Timeline | None = None,
    *,
    size_px: tuple[int, int] = (1000, 420),
    letters_px: int | None = None,
    fills: bool = False,
) -> TimelineView:
    """A view that is shown: with the empty state, or with the timeline painted in it and the keyboard's. fills: with lanes that
    fill it, as on a first start; else of the usual height."""
    made = TimelineView(LIGHT)
    made.arrange(Arrangement(fills=fills))
    qtbot.addWidget(made)
    if letters_px is not None:
        made.setFont(font(letters_px))
    made.resize(*size_px)
    with qtbot.waitExposed(made):
        made.show()
    if timeline is not None:
        show(made, timeline, qtbot)
    return made


def show(view: TimelineView, timeline: Timeline, qtbot: QtBot) -> Timeline:
    """Have it painted, and give the view the keyboard."""
    view.set_timeline(timeline)
    view.setFocus()
    qtbot.waitUntil(lambda: canvas(view).item.paints > 0)
    return timeline


def canvas(view: QWidget) -> Canvas:
    """Where the lanes are painted."""
    found: Canvas = view.findChild(QWidget, "timeline")
    return found


def font(letters_px: int) -> QFont:
    """Letters of this size."""
    made = QFont()
    made.setPixelSize(letters_px)
    return made
