"""The real application, driven through opening files: `python driven_files.py SCENARIO [ARGUMENT...]`, as in driven_window."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from driven_window import LEFT, Driven, drive, say, shown_boxes
from PySide6 import QtGui
from PySide6.QtCore import QAbstractListModel, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QToolTip,
    QWidget,
)

from workers.analysis.findings.all_findings import findings

MARKUP = "<img"
might_be_rich = QtGui.Qt.mightBeRichText


def opening(window: Driven) -> None:
    """Open one file after another; after each, the longest that the window took no event, and what it shows."""
    waiting = list(sys.argv[2:])
    last = [time.monotonic()]
    longest = [0.0]

    def tick() -> None:
        now = time.monotonic()
        longest[0] = max(longest[0], now - last[0])
        last[0] = now

    clock = QTimer(window)
    clock.timeout.connect(tick)
    clock.start(0)

    def next_one() -> None:
        if not waiting:
            clock.stop()
            window.close()
            return
        before = window.contents.document.run
        last[0], longest[0] = time.monotonic(), 0.0
        window.contents.opening.open(waiting.pop(0))
        window.when(lambda: window.contents.document.run is not before or shown_boxes(window), done)

    def done() -> None:
        window.findChild(QWidget, "timeline").repaint()  # type: ignore[union-attr]
        tick()
        boxes = shown_boxes(window)
        opened = window.contents.document.run
        what = "refused" if boxes else "nothing" if opened is None else f"{len(opened.timeline.processes)} processes"
        for box in boxes:
            box.close()
        say("longest", f"{longest[0]:.3f}", what)
        window.when(lambda: not shown_boxes(window), next_one)

    next_one()


def trap(window: Driven) -> None:
    """What all else is spared: a label that takes its text for rich text, and an image that never comes."""
    label = QLabel(f"{MARKUP} src=fifo>")
    label.show()
    say("shown")


# Names with markup in them, everywhere.


def texts(widget: QWidget) -> Iterator[tuple[str, str, bool]]:
    """(where, text, whether it would be taken for rich text) of one widget."""
    name = f"{type(widget).__name__} {widget.objectName()}"
    yield f"tooltip of {name}", widget.toolTip(), might_be_rich(widget.toolTip())
    yield f"help of {name}", widget.whatsThis(), might_be_rich(widget.whatsThis())
    if isinstance(widget, QLabel):
        automatic = widget.textFormat() is Qt.TextFormat.AutoText and might_be_rich(widget.text())
        yield name, widget.text(), automatic or widget.textFormat() is Qt.TextFormat.RichText
    if isinstance(widget, QAbstractButton):
        yield name, widget.text(), False
    if isinstance(widget, QMessageBox):
        rich = widget.textFormat() is not Qt.TextFormat.PlainText
        for text in (widget.text(), widget.informativeText()):
            yield name, text, rich and might_be_rich(text)
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from items(name, widget)
    for action in widget.actions():
        yield f"action {action.objectName()} of {name}", action.toolTip(), might_be_rich(action.toolTip())


def items(name: str, view: QAbstractItemView) -> Iterator[tuple[str, str, bool]]:
    model = view.model()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            index = model.index(row, column)
            tip, shown = (
                str(index.data(role) or "") for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DisplayRole)
            )
            yield f"tooltip of row {row} of {name}", tip, might_be_rich(tip)
            yield f"row {row} of {name}", shown, False  # delegates draw text as it is


def look(where: str, seen: set[str]) -> None:
    """Look at everything that there is, shown or not."""
    for widget in QApplication.allWidgets():
        for place, text, rich in texts(widget):
            if MARKUP in text or "img src" in text:
                seen.add(place.split(" of ")[-1])
                if rich and MARKUP in text:
                    say("RICH", where, place, text)
    tip = QToolTip.text()
    if MARKUP in tip and might_be_rich(tip):
        say("RICH", where, "the tooltip that is shown", tip)


def hover(widget: QWidget, seen: set[str]) -> None:
    """Move the pointer all over, and ask for a tooltip everywhere."""
    for y in range(4, widget.height(), 14):
        for x in range(4, widget.width(), 60):
            point = QPoint(x, y)
            QTest.mouseMove(widget, point)
            asked = QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
            QApplication.sendEvent(widget, asked)
            if MARKUP in QToolTip.text() or "img src" in QToolTip.text():
                seen.add("a tooltip that is shown")
                if MARKUP in QToolTip.text() and might_be_rich(QToolTip.text()):
                    say("RICH hovering", QToolTip.text())


def names(window: Driven) -> None:
    """Open files whose names are markup wherever a name can be, go everywhere, and open everything that opens."""
    waiting = list(sys.argv[2:])
    seen: set[str] = set()

    def next_one() -> None:
        if not waiting:
            scripts()
            return
        before = window.contents.document.run
        window.contents.opening.open(waiting.pop(0))
        window.when(lambda: window.contents.document.run is not before or shown_boxes(window), opened)

    def opened() -> None:
        for box in shown_boxes(window):
            look("an error", seen)
            box.close()
        walk()
        next_one()

    def walk() -> None:
        chart = window.findChild(QWidget, "timeline")
        assert chart is not None
        tabs = window.contents.layout.tabs
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            QApplication.processEvents()
            for view in tabs.widget(at).findChildren(QAbstractItemView):
                for row in range(min(12, view.model().rowCount() if view.model() else 0)):
                    view.setCurrentIndex(view.model().index(row, 0))
                    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier,
                                     view.visualRect(view.model().index(row, 0)).center())  # fmt: skip
            look(f"tab {at}", seen)
        for y in range(10, chart.height(), 40):
            QTest.mouseClick(chart, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(min(700, chart.width() - 9), y))
            look("a selection", seen)
        hover(chart, seen)
        for key in (Qt.Key.Key_M, Qt.Key.Key_Slash):
            QTest.keyClick(chart, key)
            for field in window.findChildren(QLineEdit):
                if field.isVisible() and field.hasFocus():
                    field.setText(f"{MARKUP} src=fifo>")
            look("a mark or a search", seen)
            QTest.keyClick(QApplication.focusWidget() or chart, Qt.Key.Key_Return)
            QTest.keyClick(QApplication.focusWidget() or chart, Qt.Key.Key_Escape)
        commands()
        window.grab()

    def commands() -> None:
        for menu in window.findChildren(QMenu):
            menu.aboutToShow.emit()
        acts = window.contents.actions
        for action in (acts.export, acts.commands, acts.keys, acts.about):
            action.trigger()
            look(action.objectName(), seen)
            for dialog in window.findChildren(QDialog):
                dialog.close()

    def scripts() -> None:
        script = f"{MARKUP} src=fifo>.py"
        Path(script).write_text("print('ran')\nopen('ran', 'w')\n")
        window.contents.open_script(script)
        QTest.mouseClick(window.button("start"), LEFT)
        window.when(lambda: shown_boxes(window), asked)

    def asked() -> None:
        look("the question about a script", seen)
        (box,) = shown_boxes(window)
        next(one for one in box.buttons() if one.text().replace("&", "") == "Run").click()
        window.when(
            lambda: window.contents.session.timeline is not None and window.contents.session.timeline.ended, ran
        )

    def ran() -> None:
        walk()
        window.contents.toast.say(f"{MARKUP} src=fifo>")
        window.contents.layout.say(f"{MARKUP} src=fifo> " * 60)
        look("messages", seen)
        say("seen", *sorted({one.split(" ")[0] for one in seen}))
        window.close()

    next_one()


# What is missing of a run, and the question before one.


def missing(window: Driven) -> None:
    """Run a script when no file can be larger than this, or one that deletes the run's folder; what is said then."""
    if int(sys.argv[3]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    window.contents.open_script(sys.argv[2])
    field = window.findChild(QLineEdit, "script_python")
    assert field is not None
    field.setText(sys.executable)
    QTest.mouseClick(window.button("start"), LEFT)

    def run() -> None:
        say("question", shown_boxes(window)[0].text())
        next(one for one in shown_boxes(window)[0].buttons() if one.text().replace("&", "") == "Run").click()
        window.when(
            lambda: window.contents.session.running,
            lambda: window.when(lambda: not window.contents.session.running, over),
        )

    def over() -> None:
        timeline = window.contents.session.timeline
        say("banner", window.contents.toast.text() if window.contents.toast.isVisible() else "")
        for box in shown_boxes(window):
            say("box", box.text())
            box.close()
        for finding in [] if timeline is None else findings(timeline):
            say("finding", finding.text)
        say("start", window.button("start").isEnabled())
        window.when(lambda: not shown_boxes(window), window.close)

    window.when(lambda: shown_boxes(window), run)


def asked(window: Driven) -> None:
    """Nothing of a script runs before a person has said so; nor of a file that is opened."""
    window.contents.open_script(sys.argv[2])
    QTest.mouseClick(window.button("start"), LEFT)

    def no() -> None:
        (box,) = shown_boxes(window)
        say("asked", box.text(), "|", box.informativeText().replace("\n", " "))
        say("running", window.contents.session.running, "ran", os.path.exists("ran"))
        QTest.keyClick(box, Qt.Key.Key_Escape)
        window.when(lambda: not shown_boxes(window), after)

    def after() -> None:
        say("running", window.contents.session.running, "ran", os.path.exists("ran"))
        window.close()

    window.when(lambda: shown_boxes(window), no)


SCENARIOS = {"opening": opening, "trap": trap, "names": names, "missing": missing, "asked": asked}

if __name__ == "__main__":
    sys.exit(drive(SCENARIOS))
