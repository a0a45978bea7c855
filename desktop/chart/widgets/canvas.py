"""The widget that shows the chart, and turns wheel, mouse and keys into signals. The window's thread.

Keys act only while the canvas has the focus. The canvas knows nothing about runs: its signals carry places in units of the
chart, and `interaction` finds out what is there.
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
    QPaintEvent,
    QResizeEvent,
    QSinglePointEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.keys import Action, action_of
from desktop.chart.widgets.chart_item import TimelineItem

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class Drag(Enum):
    """What a pressed button is doing."""

    NONE = "nothing"
    MAY_PAN = "pressed to pan"
    MAY_SWEEP = "pressed to measure"
    PAN = "panning"
    SWEEP = "measuring"


class Canvas(pg.GraphicsView):  # type: ignore[misc]
    """Shows a TimelineItem in a ViewBox whose x is seconds from the program's start and whose y is pixels downwards."""

    zoomed = Signal(float, float)  # factor of the time in view, x
    panned = Signal(float)  # how far to the right the content moves
    scrolled = Signal(float)  # how far downwards
    grabbed = Signal(QPointF)  # the place that follows the pointer from now on
    dragged = Signal(QPointF)  # where the pointer is now
    sweep_began = Signal(QPointF)  # measuring an interval began here
    swept = Signal(QPointF)  # the interval reaches here
    drag_ended = Signal()  # measuring ended
    clicked = Signal(QPointF)
    double_clicked = Signal(QPointF)
    pointed = Signal(object, object)  # QPointF and global QPoint, or None and None when the pointer left
    menu_requested = Signal(QPointF, QPoint)
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
        # The item fills the whole canvas. Without these each frame would be filled three times, and copied once.
        self.setCacheMode(pg.GraphicsView.CacheModeFlag.CacheNone)
        self.setBackgroundBrush(Qt.BrushStyle.NoBrush)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.setMouseTracking(True)
        self.view_box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self.view_box.disableAutoRange()
        self.setCentralItem(self.view_box)
        self.item = TimelineItem(self.view_box)
        # Otherwise the ViewBox moves its contents while it is being painted, which makes a second paint necessary.
        self.view_box.sigRangeChanged.connect(self._on_range_changed)
        self.unit_px = 1.0
        self._pressed: QPointF | None = None
        self._drag = Drag.NONE

    @property
    def sweeping(self) -> bool:
        """Whether the pointer is measuring an interval now."""
        return self._drag is Drag.SWEEP

    def pointer_x(self) -> float:
        """The place where keys zoom: at the pointer while it is over the chart, else in the middle."""
        at = self.viewport().mapFromGlobal(QCursor.pos())
        over = self.underMouse() and self.viewport().rect().contains(at)
        return (float(at.x()) if over else self.viewport().width() / 2) / self.unit_px

    def _at(self, event: QSinglePointEvent) -> QPointF:
        return event.position() / self.unit_px

    def _on_range_changed(self, *_: object) -> None:
        self.view_box.updateMatrix()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        notches = (turn.y() or turn.x()) / 120
        if event.modifiers() & _CONTROL:
            self.zoomed.emit(0.8**notches, self._at(event).x())
        elif event.modifiers() & _SHIFT:
            self.panned.emit(notches * 80.0)
        elif abs(turn.x()) > abs(turn.y()):
            self.panned.emit(turn.x() / 120 * 80.0)
        else:
            self.scrolled.emit(-notches * ROW_PX)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._pressed is None:
            self._pressed = self._at(event)
            pans = event.button() is Qt.MouseButton.MiddleButton or bool(event.modifiers() & _SHIFT)
            self._drag = Drag.MAY_PAN if pans else Drag.MAY_SWEEP
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, pressed = self._at(event), self._pressed
        if pressed is None:
            self.pointed.emit(at, event.globalPosition().toPoint())
        elif self._begins(at, pressed):
            if self._drag is Drag.PAN:
                self.dragged.emit(at)
            else:
                self.swept.emit(at)
        event.accept()

    def _begins(self, at: QPointF, pressed: QPointF) -> bool:
        """Whether the pointer drags. It does once it has left the place of the press."""
        if self._drag in (Drag.MAY_PAN, Drag.MAY_SWEEP):
            if (at - pressed).manhattanLength() * self.unit_px < QApplication.startDragDistance():
                return False
            if self._drag is Drag.MAY_PAN:
                self._drag = Drag.PAN
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                self.grabbed.emit(pressed)
            else:
                self._drag = Drag.SWEEP
                self.viewport().setCursor(Qt.CursorShape.SizeHorCursor)
                self.sweep_began.emit(pressed)
            self.pointed.emit(None, None)
        return True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            if self._drag in (Drag.MAY_PAN, Drag.MAY_SWEEP) and event.button() is Qt.MouseButton.LeftButton:
                self.clicked.emit(self._at(event))
            self._end_drag()
        event.accept()

    def _end_drag(self) -> None:
        swept = self.sweeping
        self._pressed = None
        self._drag = Drag.NONE
        self.viewport().unsetCursor()
        if swept:
            self.drag_ended.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self._at(event))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.acted.emit(Action.MENU, False)
        else:
            self.menu_requested.emit(QPointF(event.pos()) / self.unit_px, event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        found = action_of(event)
        if found is not None and found[0] is Action.CLEAR:
            self._end_drag()  # otherwise the drag would continue with the next move
        if found is None:
            event.ignore()
            return
        self.acted.emit(*found)
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None, None)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            return True  # the pointer part of the interaction shows tooltips, at once
        if isinstance(event, QPaintEvent):
            self.item.expose(event.region())
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
