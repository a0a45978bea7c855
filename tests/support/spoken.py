"""What a screen reader is told of the widgets of a window, and what is missing there."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QMainWindow, QWidget

NAME, VALUE = QAccessible.Text.Name, QAccessible.Text.Value
_WITH_VALUE = (
    QAccessible.Role.SpinBox,
    QAccessible.Role.Slider,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.ScrollBar,
)
_NO_ROLE = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane)


def spoken(widget: QWidget) -> QAccessibleInterface:
    """What a screen reader gets for a widget."""
    return QAccessible.queryAccessibleInterface(widget)


def stops(window: QWidget) -> Iterator[QWidget]:
    """The widgets of a window that can have the keyboard, in the order of the Tab key."""
    at = window.nextInFocusChain()
    while at is not None and at is not window:
        takes = at.focusPolicy() & (Qt.FocusPolicy.TabFocus | Qt.FocusPolicy.ClickFocus)
        if takes and at.isVisible() and at.window() is window and at.focusProxy() is None:
            yield at
        at = at.nextInFocusChain()


def faults(window: QMainWindow | QDialog | QWidget) -> list[str]:
    """What is wrong with what a screen reader is told of a window's stops: no name, role or value, or twice the same."""
    found = list(stops(window))
    wrong = [f"{_which(one)}: {fault}" for one in found for fault in _faults(one)]
    for one, other in pairwise(found):
        if _said(one) == _said(other):
            wrong.append(f"{_which(one)} and {_which(other)}: both are {_said(one)}")
    return [*wrong, *_in_tree(spoken(window), f"{type(window).__name__}")]


def _faults(widget: QWidget) -> Iterator[str]:
    one = spoken(widget)
    if not _name(widget) and not (
        isinstance(widget, QLabel) and not widget.text()
    ):  # a label for later says nothing yet
        yield "no name"
    if one.role() in _NO_ROLE:
        yield f"role {one.role().name}"
    if one.role() in _WITH_VALUE and one.valueInterface() is None:
        yield "no value"
    if isinstance(widget, QComboBox) and widget.currentText() != one.text(VALUE):
        yield "its value is not what is chosen"
    if "<" in one.text(NAME) + one.text(QAccessible.Text.Description):
        yield "markup is read aloud"


def _name(widget: QWidget) -> str:
    """The name of a widget, or of the label that a screen reader is led to. On Linux Qt gives the text of a combo box as its
    name, and the label as a relation."""
    one = spoken(widget)
    if not isinstance(widget, QComboBox):
        return one.text(NAME)
    labels = [label.text() for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    return next((name for name in (widget.accessibleName(), *labels) if name), "")


def _said(widget: QWidget) -> tuple[str, str]:
    return spoken(widget).role().name, _name(widget)


def _which(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()!r}"


def _in_tree(one: QAccessibleInterface, path: str, depth: int = 0) -> Iterator[str]:
    """What is wrong in the tree itself: a child that says that it is another's, or is not where its parent counts it."""
    if depth > 40:
        yield f"{path}: no end"
        return
    if one.role() in (QAccessible.Role.Table, QAccessible.Role.Tree, QAccessible.Role.ComboBox):
        return  # Qt's own, with as many children as cells
    for at in range(one.childCount()):
        child = one.child(at)
        if child is None or not child.isValid():
            yield f"{path}: no child {at}"
            continue
        if one.indexOfChild(child) != at:
            yield f"{path}: child {at} ({child.text(NAME)!r}) is said to be {one.indexOfChild(child)}"
        yield from _in_tree(child, f"{path} > {child.role().name} {child.text(NAME)[:20]!r}", depth + 1)
