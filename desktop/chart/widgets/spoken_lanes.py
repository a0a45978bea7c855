"""The lanes for screen readers: the timeline is a list with a child for each row of the chart. The window's thread.

The chart is one painted widget, in which Qt sees nothing. Here it gets an accessible child for each row, made when a screen
reader first asks for it. Its words are read from the run each time, so that nothing has to be kept up to date.

A child is kept as long as the canvas (see `desktop.widgets.spoken_widgets`). It belongs to a place and not to a process: so no
run, and no sorting of the lanes, has to take one away.
"""

import functools
import weakref

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QScrollBar, QWidget

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.chart_unit import scaled
from desktop.chart.state.chart_state import ChartState
from desktop.chart.state.lane_sentences import path_words, row_sentence, sentence
from desktop.chart.widgets.canvas import Canvas
from desktop.facts.glossary import of_state
from desktop.facts.selection import Selection, is_whole
from desktop.widgets.spoken_widgets import speak_by


class SpokenLanes:
    """The words of the lanes of one canvas. state: what the canvas shows."""

    def __init__(self, canvas: Canvas, scroll: QScrollBar, state: ChartState) -> None:
        self.state = state
        self._canvas = weakref.ref(canvas)
        self._scroll = scroll
        self._told: tuple[int | None, Selection | None] = None, None
        speak_by(canvas, functools.partial(_make, self))

    def __len__(self) -> int:
        return 0 if self.state.timeline is None else len(self.state.rows)

    def words(self, index: int) -> str:
        """A row as a sentence; empty for one that is gone."""
        timeline = self.state.timeline
        if timeline is None or index >= len(self):
            return ""
        row = self.state.rows[index]
        on_path = path_words(self.state.path, row.process)
        return f"{row_sentence(timeline, row)}; {on_path}" if on_path else row_sentence(timeline, row)

    def meaning(self, index: int) -> str:
        """What the state of a row's process means; empty for a row without one."""
        timeline = self.state.timeline
        if timeline is None or index >= len(self) or not self.state.rows[index].process:
            return ""
        return of_state(timeline.process(self.state.rows[index].process).state)

    def box(self, index: int) -> QRect:
        """The place of a row on the canvas, in pixels."""
        canvas = self._canvas()
        if canvas is None or index >= len(self):
            return QRect()
        row = self.state.rows[index]
        top = AXIS_PX + self.state.rows.y(row, self._scroll.value())
        wide = canvas.viewport().width() / canvas.unit_px
        return scaled(QRectF(0, top, wide, row.height_px), canvas.unit_px).toRect()

    def at(self, place: QPoint) -> int | None:
        """The index of the row at a place of the canvas in pixels."""
        canvas = self._canvas()
        y = -1.0 if canvas is None else place.y() / canvas.unit_px - AXIS_PX
        return None if y < 0 or not len(self) else self.state.rows.at(y, self._scroll.value())

    def describe_state(self, index: int, state: QAccessible.State) -> None:
        """Fill in whether a row is selected, has the keyboard, and is folded."""
        canvas = self._canvas()
        if canvas is None or index >= len(self):
            state.invalid = True
            return
        row = self.state.rows[index]
        state.focusable = state.selectable = True
        state.focused = canvas.hasFocus() and self.state.row == index
        state.selected = self.state.rows.is_chosen(row, self.state.selection)
        state.expandable = row.folds
        state.expanded, state.collapsed = row.folds and row.expanded, row.folds and not row.expanded
        state.offscreen = not self.box(index).intersects(canvas.viewport().rect())

    def tell(self, *, aloud: bool) -> None:
        """Tell a screen reader what the user selected: a lane has the focus, a thing in it is announced. So is a lane while the
        keyboard is elsewhere, as in the search. aloud: it was selected here, and not in another view, which says it itself."""
        canvas, state = self._canvas(), self.state
        before, self._told = self._told, (state.row, state.selection)
        if canvas is None or state.timeline is None or before == self._told or not aloud:
            return
        chosen = state.selection
        if state.row is not None and (chosen is None or is_whole(chosen)):
            if not canvas.hasFocus():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(canvas, self.words(state.row)))
                return
            for change in (QAccessible.Event.NameChanged, QAccessible.Event.Focus):
                event = QAccessibleEvent(canvas, change)
                event.setChild(state.row)
                QAccessible.updateAccessibility(event)
        elif chosen is not None:
            text = sentence(state.timeline, chosen)
            if text:
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(canvas, text))


class _LaneAccess(QAccessibleInterface):
    """One row of the chart."""

    def __init__(self, timeline: "_TimelineAccess", index: int) -> None:
        super().__init__()
        self._timeline, self.index = timeline, index

    def isValid(self) -> bool:
        lanes = self._timeline.lanes
        return lanes is not None and self.index < len(lanes)

    def object(self) -> QObject | None:  # type: ignore[override]  # Qt: null for what is no object
        return None

    def parent(self) -> QAccessibleInterface:
        return self._timeline

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state, lanes = QAccessible.State(), self._timeline.lanes
        if lanes is None:
            state.invalid = True
        else:
            lanes.describe_state(self.index, state)
        return state

    def rect(self) -> QRect:
        lanes, canvas = self._timeline.lanes, self._timeline.canvas
        if lanes is None or canvas is None:
            return QRect()
        box = lanes.box(self.index)
        return QRect(canvas.viewport().mapToGlobal(box.topLeft()), box.size())

    def text(self, kind: QAccessible.Text) -> str:
        lanes = self._timeline.lanes
        if lanes is None:
            return ""
        match kind:
            case QAccessible.Text.Name:
                return lanes.words(self.index)
            case QAccessible.Text.Description:
                return lanes.meaning(self.index)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """The words of a lane are the run's."""

    def window(self) -> QWindow | None:  # type: ignore[override]
        canvas = self._timeline.canvas
        return None if canvas is None else canvas.window().windowHandle()


class _TimelineAccess(QAccessibleWidget):
    """The canvas: a list of its rows, followed by the widgets that lie on it."""

    def __init__(self, canvas: Canvas, lanes: SpokenLanes) -> None:
        super().__init__(canvas, QAccessible.Role.List)
        self._canvas, self._lanes = weakref.ref(canvas), weakref.ref(lanes)
        self.made: dict[int, _LaneAccess] = {}

    @property
    def canvas(self) -> Canvas | None:
        """The canvas, while it is there."""
        canvas = self._canvas()
        return canvas if canvas is not None and shiboken6.isValid(canvas) else None

    @property
    def lanes(self) -> SpokenLanes | None:
        """The words of its lanes, while it is there."""
        return None if self.canvas is None else self._lanes()

    def childCount(self) -> int:
        return (0 if self.lanes is None else len(self.lanes)) + len(self._widgets())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        rows = 0 if self.lanes is None else len(self.lanes)
        if not 0 <= index < rows:
            widgets = self._widgets()
            return (
                QAccessible.queryAccessibleInterface(widgets[index - rows])
                if 0 <= index - rows < len(widgets)
                else None
            )
        made = self.made.get(index)
        if made is None:
            made = self.made[index] = _LaneAccess(self, index)
        return made

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, _LaneAccess):
            return child.index
        rows = 0 if self.lanes is None else len(self.lanes)
        thing = None if child is None else child.object()
        return next((rows + at for at, one in enumerate(self._widgets()) if one is thing), -1)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        lanes, canvas = self.lanes, self.canvas
        if lanes is None or canvas is None or not canvas.hasFocus():
            return super().focusChild()
        return None if lanes.state.row is None or lanes.state.row >= len(lanes) else self.child(lanes.state.row)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        lanes, canvas = self.lanes, self.canvas
        if lanes is None or canvas is None:
            return None
        place = canvas.viewport().mapFromGlobal(QPoint(x, y))
        if not canvas.viewport().rect().contains(place):
            return None
        over = next((one for one in self._widgets() if one.geometry().contains(place)), None)
        if over is not None:
            return QAccessible.queryAccessibleInterface(over)
        index = lanes.at(place)
        return None if index is None else self.child(index)

    def _widgets(self) -> list[QWidget]:
        """The widgets on the canvas that are shown."""
        canvas = self.canvas
        if canvas is None:
            return []
        inside = canvas.viewport(), canvas.verticalScrollBar().parent(), canvas.horizontalScrollBar().parent()
        return [
            one for one in canvas.children() if isinstance(one, QWidget) and one not in inside and not one.isHidden()
        ]


def _make(lanes: SpokenLanes, canvas: QWidget) -> QAccessibleWidget:
    assert isinstance(canvas, Canvas)
    made = _TimelineAccess(canvas, lanes)
    canvas.destroyed.connect(functools.partial(_forget_lanes, made.made))
    return made


def _forget_lanes(made: dict[int, _LaneAccess]) -> None:
    """Have Qt delete the rows of a canvas that is destroyed: they are no objects, so that it does not do so itself."""
    for lane in made.values():
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(lane))
    made.clear()
