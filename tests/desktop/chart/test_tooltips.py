"""What the tooltip of the timeline says is true for as long as it is seen, by real moves and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, running_run
from support.charts import canvas, open_view

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.drawing.legend import LEGEND_PX, signs_of
from desktop.chart.view import TimelineView
from desktop.facts.glossary import of_sign
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def run() -> Timeline:
    return running_run(2)


@pytest.fixture
def view(qtbot: QtBot, run: Timeline) -> TimelineView:
    return open_view(qtbot, run)


def point(view: TimelineView, qtbot: QtBot, at_ns: int = 300 * MS) -> QPoint:
    """Rest on the bar of the first worker."""
    at = QPoint(round(view.scale.x(at_ns)), AXIS_PX + view.state.rows[1].top_px + 22)
    viewport = canvas(view).viewport()
    qtbot.mouseMove(viewport, at - QPoint(5, 0))
    qtbot.mouseMove(viewport, at)
    qtbot.waitUntil(lambda: "Process-1" in QToolTip.text())
    return at


def test_it_follows_the_run(view: TimelineView, qtbot: QtBot, run: Timeline) -> None:
    point(view, qtbot)
    assert "alive" in QToolTip.text()
    child = run.process(2)
    child.target_ended_ns, child.exited_ns, child.exit_code, run.now_ns = 510 * MS, 512 * MS, 7, 520 * MS
    run.touch(2)
    view.refresh()
    assert "exited" in QToolTip.text()
    assert "Exit code" in QToolTip.text()


def test_it_tells_of_what_came_under_the_pointer_when_the_view_moved(view: TimelineView, qtbot: QtBot) -> None:
    view.show_time(45 * MS, 60 * MS)
    at = point(view, qtbot, 55 * MS)
    view.show_time(30 * MS, 45 * MS)
    assert view.scale.at(at.x()) < 42 * MS, "before its work began"
    assert "start() on Process-1" in QToolTip.text()


def test_it_gives_way_to_keys(view: TimelineView, qtbot: QtBot) -> None:
    point(view, qtbot)
    qtbot.keyClick(view.focusProxy(), Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_it_says_nothing_new_once_it_is_gone(view: TimelineView, qtbot: QtBot, run: Timeline) -> None:
    point(view, qtbot)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    run.now_ns = SECOND
    run.touch(2)
    view.refresh()
    assert not QToolTip.isVisible()


def test_the_words_of_the_legend_explain_themselves(view: TimelineView, qtbot: QtBot) -> None:
    """Each that is shown, under the pointer, and nothing beside them."""
    viewport = canvas(view).viewport()
    timeline = view.state.timeline
    assert timeline is not None
    y = viewport.height() - round(LEGEND_PX) + 16
    told = []
    for x in range(4, viewport.width() - 4, 4):
        qtbot.mouseMove(viewport, QPoint(x, y))
        text = QToolTip.text()
        if text and text not in told:
            told.append(text)
    words = [words for sign, words in signs_of(timeline) if sign != "idle"]
    assert [html_text(text).partition(": ")[0] for text in told] == words
    assert any(of_sign(SpanKind.STARTING) in html_text(text) for text in told)
    qtbot.mouseMove(viewport, QPoint(viewport.width() // 2, y - 40))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def html_text(tip: str) -> str:
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()
