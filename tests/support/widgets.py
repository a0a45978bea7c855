"""Finding widgets by what the product calls them, reading them, and pressing them."""

from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

_Kind = TypeVar("_Kind", bound=QWidget)


def find(parent: QWidget, kind: type[_Kind], name: str = "") -> _Kind:
    """The widget of this kind and object name inside another one; without a name the first of its kind."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert isinstance(found, kind), f"no {kind.__name__} {name!r}"
    return found


def button(parent: QWidget, name: str) -> QAbstractButton:
    """A button."""
    return find(parent, QAbstractButton, name)


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    """Click on a button, which must be enabled."""
    found = button(parent, name)
    assert found.isEnabled(), f"{name} is disabled: {found.toolTip()}"
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def label_text(parent: QWidget, name: str) -> str:
    """The text of a label; empty while it is hidden."""
    found = find(parent, QLabel, name)
    return found.text() if found.isVisible() else ""


def table(parent: QWidget, name: str = "") -> QTableView:
    """A table; without a name the only one."""
    return find(parent, QTableView, name)


def column_texts(view: QTableView, column: int | str) -> list[str]:
    """The texts of a column, from the top. column: its number or its title."""
    model = view.model()
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    at = titles.index(column) if isinstance(column, str) else column
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def row_point(view: QTableView, row: int, column: int = 0) -> QPoint:
    """The middle of a cell, in the table's viewport."""
    return view.visualRect(view.model().index(row, column)).center()
