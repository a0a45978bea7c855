"""Roles and children of widgets that Qt's own accessibility knows nothing about, because they paint themselves. The window's
thread.

Qt deletes an accessible object when its widget is destroyed, or when the application ends, and would call into one that Python
had deleted before. So each is kept here until Qt has deleted it.

While a screen reader runs, Qt makes an object of its own for a widget at its first change of name, and keeps it. So that is
replaced.
"""

import functools
import weakref
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_Maker = Callable[[QWidget], QAccessibleWidget]

_kept: list[QAccessibleWidget] = []
_makers: "weakref.WeakKeyDictionary[QWidget, _Maker]" = weakref.WeakKeyDictionary()


def speak_as(widget: QWidget, role: QAccessible.Role) -> None:
    """Give a widget a role for screen readers. Its name and description are those of the widget."""
    speak_by(widget, functools.partial(_with_role, role))


def speak_by(widget: QWidget, make: _Maker) -> None:
    """Have a screen reader see a widget as `make` describes it, once one asks. make: holds no reference to the widget."""
    _makers[widget] = make
    _install()
    if QAccessible.isActive():
        made = QAccessible.queryAccessibleInterface(widget)
        if made is not None and not any(made is one for one in _kept):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(made))


@functools.cache
def _install() -> None:
    """Once: Qt keeps every factory for good."""
    QAccessible.installFactory(_made)


def _made(kind: str, thing: QObject) -> QAccessibleInterface | None:
    """Called by Qt for a widget that a screen reader asks for, with each of its classes until one is known."""
    make = _makers.get(thing) if isinstance(thing, QWidget) else None
    if make is None or not isinstance(thing, QWidget):
        return None
    _kept[:] = [one for one in _kept if shiboken6.isValid(one)]
    _kept.append(make(thing))
    return _kept[-1]


def _with_role(role: QAccessible.Role, widget: QWidget) -> QAccessibleWidget:
    return QAccessibleWidget(widget, role)
