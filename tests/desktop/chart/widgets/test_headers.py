"""The lane headers on a screen: scrolling moves them without painting, and they look as if they were painted again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.builders import running_run
from support.widgets import find

from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.facts.selection import ProcessSelection
from desktop.look.palette import LIGHT

ROW_PX = 20


class Painted(QObject):
    """How many pixel rows of the headers were painted."""

    def __init__(self, watched: Headers) -> None:
        super().__init__(watched)
        self.rows_px = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rows_px += sum(box.height() for box in event.region())
        return False


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    """A view of a run with more lanes than there is room for."""
    made = TimelineView(LIGHT)
    qtbot.addWidget(made)
    made.resize(800, 420)
    made.set_timeline(running_run(64))
    made.arrange(Arrangement(row_px=ROW_PX))
    with qtbot.waitExposed(made):
        made.show()
    QApplication.processEvents()
    return made


def on_screen(headers: Headers) -> QImage:
    """What the screen has of the headers, which was not painted for this."""
    QApplication.processEvents()
    whole = headers.backingStore().paintDevice()
    assert isinstance(whole, QImage)
    return whole.copy(QRect(headers.mapTo(headers.window(), QPoint()), headers.size()))


def painted_whole(headers: Headers) -> QImage:
    return headers.grab().toImage().convertToFormat(on_screen(headers).format())


@pytest.mark.parametrize("pinned", [(), (5, 9)])
def test_scrolled_headers_look_as_if_painted_again(view: TimelineView, pinned: tuple[int, ...]) -> None:
    view.arrange(replace(view.arrangement, pinned=pinned))
    view.select(ProcessSelection(30))
    headers = find(view, Headers)
    for to in (400, 437, 431, 200, 800, 0):
        view.scroll_to(to)
        assert on_screen(headers) == painted_whole(headers)
    view.scroll_to(300)
    view.scroll_to(340)  # twice before it is painted, and something changes as well
    view.select(ProcessSelection(25))
    view.scroll_to(333)
    assert on_screen(headers) == painted_whole(headers)


def test_scrolling_paints_the_headers_that_were_not_seen(view: TimelineView) -> None:
    headers = find(view, Headers)
    view.scroll_to(400)
    QApplication.processEvents()
    painted = Painted(headers)
    view.scroll_to(400 + 2 * ROW_PX)
    QApplication.processEvents()
    assert 0 < painted.rows_px <= 3 * ROW_PX < headers.height()
