"""The widget under the chart: it turns wheel, mouse and keys into requests. The window's thread.

Keys act only here, while the canvas has the focus. It knows nothing of runs:
plain pixels go out, and what they mean in time is the view's business.
"""

from enum import Enum

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from desktop.chart.item import TimelineItem


class Action(Enum):
    """What a key asks for."""

    ZOOM_IN = "zoom in"
    ZOOM_OUT = "zoom out"
    EARLIER = "pan left"
    LATER = "pan right"
    CENTRE = "centre"
    FIT = "fit"
    FOLLOW = "follow"
    CLEAR = "clear"
    UP = "row up"
    DOWN = "row down"
    PREVIOUS = "previous in row"
    NEXT = "next in row"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    OPEN = "open"
    MENU = "menu"


_KEYS = {
    Qt.Key.Key_W: Action.ZOOM_IN, Qt.Key.Key_Plus: Action.ZOOM_IN, Qt.Key.Key_Equal: Action.ZOOM_IN,
    Qt.Key.Key_S: Action.ZOOM_OUT, Qt.Key.Key_Minus: Action.ZOOM_OUT,
    Qt.Key.Key_A: Action.EARLIER, Qt.Key.Key_D: Action.LATER, Qt.Key.Key_F: Action.CENTRE,
    Qt.Key.Key_0: Action.FIT, Qt.Key.Key_Home: Action.FIT, Qt.Key.Key_L: Action.FOLLOW,
    Qt.Key.Key_Escape: Action.CLEAR, Qt.Key.Key_Up: Action.UP, Qt.Key.Key_Down: Action.DOWN,
    Qt.Key.Key_Left: Action.PREVIOUS, Qt.Key.Key_Right: Action.NEXT, Qt.Key.Key_PageUp: Action.PAGE_UP,
    Qt.Key.Key_PageDown: Action.PAGE_DOWN, Qt.Key.Key_Return: Action.OPEN, Qt.Key.Key_Enter: Action.OPEN,
    Qt.Key.Key_Space: Action.OPEN, Qt.Key.Key_Menu: Action.MENU,
}  # fmt: skip

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """Shows a TimelineItem in a ViewBox whose x is seconds from the program's start and whose y is pixels downwards."""

    zoomed = Signal(float, float)  # factor of the time in view, x in pixels
    panned = Signal(float)  # pixels to the right that the content moves
    scrolled = Signal(float)  # pixels downwards
    clicked = Signal(QPointF)
    double_clicked = Signal(QPointF)
    pointed = Signal(object, object)  # QPointF and global QPoint, or None and None when the pointer left
    menu_asked = Signal(QPointF, QPoint)
    acted = Signal(Action, bool)  # the bool: faster
    resized = Signal()
    focus_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setObjectName("timeline")
        self.setAccessibleName("Timeline")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)
        self.viewport().setMouseTracking(True)
        self.setMouseTracking(True)
        self.view_box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self.view_box.disableAutoRange()
        self.setCentralItem(self.view_box)
        self.item = TimelineItem(self.view_box)
        # Otherwise the ViewBox moves its contents only while it is being painted, which asks for a second paint.
        self.view_box.sigRangeChanged.connect(self._on_range_changed)
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._dragging = False

    def pointer_x(self) -> float:
        """Where keys zoom: at the pointer while it is over the chart, else in the middle."""
        at = self.viewport().mapFromGlobal(QCursor.pos())
        over = self.underMouse() and self.viewport().rect().contains(at)
        return float(at.x()) if over else self.viewport().width() / 2

    def _on_range_changed(self, *_: object) -> None:
        self.view_box.updateMatrix()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        notches = (turn.y() or turn.x()) / 120
        if event.modifiers() & _CONTROL:
            self.zoomed.emit(0.8**notches, event.position().x())
        elif event.modifiers() & _SHIFT:
            self.panned.emit(notches * 80.0)
        elif abs(turn.x()) > abs(turn.y()):
            self.panned.emit(turn.x() / 120 * 80.0)
        else:
            self.scrolled.emit(-notches * 46.0)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = self._last = event.position()
            self._dragging = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is None or self._last is None:
            self.pointed.emit(at, event.globalPosition().toPoint())
        elif self._dragging or (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            if not self._dragging:
                self._dragging = True
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.panned.emit(at.x() - self._last.x())
            if at.y() != self._last.y():
                self.scrolled.emit(self._last.y() - at.y())
            self._last = at
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            if not self._dragging and event.button() is Qt.MouseButton.LeftButton:
                self.clicked.emit(event.position())
            self._pressed = self._last = None
            self._dragging = False
            self.viewport().unsetCursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit(event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.acted.emit(Action.MENU, False)
        else:
            self.menu_asked.emit(QPointF(event.pos()), event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_F10 and modifiers == _SHIFT:
            self.acted.emit(Action.MENU, False)
        elif key in _KEYS and modifiers in (Qt.KeyboardModifier.NoModifier, _SHIFT):
            self.acted.emit(_KEYS[key], modifiers == _SHIFT)
        else:
            event.ignore()
            return
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None, None)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            return True  # the view shows its own tooltips, at once
        return bool(super().viewportEvent(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
