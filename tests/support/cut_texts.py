"""Which texts of a window have no room and no ellipsis that says so."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from desktop.widgets.chooser import Chooser
from desktop.widgets.cut_label import CutLabel
from desktop.widgets.cut_line_edit import CutLineEdit

ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly


def cut_texts(window: QWidget) -> list[str]:
    """The visible labels, buttons, fields and titles of tabs whose text is wider or higher than its room. Those that end in an
    ellipsis, wrap, or scroll are not cut."""
    return sorted({found for widget in window.findChildren(QWidget) if widget.isVisible() for found in _cut(widget)})


def at_sizes(window: QWidget, sizes: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Make a window of each size, laid out."""
    for size in sizes:
        window.resize(QSize(*size))
        QApplication.processEvents()
        yield size


def _cut(widget: QWidget) -> Iterator[str]:
    where = f"{type(widget).__name__} {widget.objectName()}"
    match widget:
        case QLabel() if widget.text() and widget.textFormat() is not Qt.TextFormat.RichText:
            room, metrics = widget.contentsRect(), widget.fontMetrics()
            if widget.wordWrap():
                if widget.heightForWidth(widget.width()) > widget.height() + 1:
                    yield f"{where}: {widget.text()!r} is {widget.height()} high"
            elif not isinstance(widget, CutLabel):
                lines = widget.text().replace("&", "").splitlines()
                if max(map(metrics.horizontalAdvance, lines)) > room.width():
                    yield f"{where}: {widget.text()!r} is {room.width()} wide"
        case QToolButton() if not widget.text() or (
            widget.toolButtonStyle() is ICON_ONLY and not widget.icon().isNull()
        ):
            pass
        case QAbstractButton() if widget.text():
            needed = widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
            if widget.width() < needed or widget.height() < widget.fontMetrics().ascent():
                yield f"{where}: {widget.text()!r} is {widget.size().toTuple()}"
        case QComboBox() if not isinstance(widget, Chooser):
            if widget.width() < widget.fontMetrics().horizontalAdvance(widget.currentText()):
                yield f"{where}: {widget.currentText()!r}"
        case QLineEdit() if widget.text() and not isinstance(widget, CutLineEdit):
            if widget.width() < widget.fontMetrics().horizontalAdvance(widget.text()):
                yield f"{where}: {widget.text()!r}"
        case QTabBar():
            shown = [at for at in range(widget.count()) if widget.isTabVisible(at)]
            if shown and widget.tabRect(shown[-1]).right() >= widget.width():
                yield f"{where}: {widget.tabText(shown[-1])} ends at {widget.tabRect(shown[-1]).right()} of {widget.width()}"
            for at in shown:
                if widget.tabRect(at).width() < widget.fontMetrics().horizontalAdvance(widget.tabText(at)):
                    yield f"{where}: {widget.tabText(at)}"
        case QToolBar():
            for action in widget.actions():
                button = widget.widgetForAction(action)
                if button is not None and action.isVisible() and action.text() and not button.isVisible():
                    yield f"{where}: no {action.text()}"
