"""The menus of lanes and of a person's marks, opened by the mouse or by a key. The window's thread."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Signal

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.lane_verbs import LaneMenu, VerbChoice
from desktop.chart.interaction.marking import Marking
from desktop.chart.state.chart_state import whole
from desktop.chart.widgets.layout import Layout
from workers.timeline.model import Bookmark

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


class Menus(QObject):
    """Selects what a menu is opened for, so that a person sees it. verb_requested: a process's id and a word."""

    verb_requested = Signal(int, str)

    def __init__(self, view: "TimelineView", layout: Layout, arranging: Arranging, marking: Marking) -> None:
        super().__init__(view)
        self._view = view
        self._layout = layout
        self._arranging = arranging
        self._marking = marking
        self._menu = LaneMenu(view)
        self._menu.requested.connect(self.verb_requested)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """Whom to ask what can be done to a process, each time its menu opens."""
        self._menu.set_provider(provider)

    def open_at(self, at: QPointF, where: QPoint) -> None:
        """The menu of what is at a place of the canvas; where: the same on the screen."""
        mark = self._view.mark_at(at.x(), at.y())
        if mark is not None:
            self._open_for_mark(mark, where)
            return
        self._open_for_row(self._view.under(at)[0], where)

    def open_on_header(self, index: int, where: QPoint) -> None:
        """The menu of the row whose header was asked."""
        self._layout.canvas.setFocus()
        self._open_for_row(index, where)

    def open_by_key(self) -> None:
        """The menu of the mark that is selected, else of the row that has the keyboard."""
        mark = self._marking.selected
        if mark is not None:
            foot = QPointF(self._view.scale.x(mark.at_ns), AXIS_PX) * self._layout.unit_px
            self._open_for_mark(mark, self._layout.canvas.mapToGlobal(foot.toPoint()))
            return
        held = self._view.state.held_row
        if held is not None:
            y = self._view.state.rows.y(held, self._layout.scroll.value()) + held.height_px / 2
            headers = self._layout.headers
            at = QPoint(headers.width() // 2, round(y * self._layout.unit_px))
            self._open_for_row(self._view.state.row, headers.mapToGlobal(at))

    def _open_for_mark(self, mark: Bookmark, where: QPoint) -> None:
        self._marking.choose(mark)
        self._menu.open_for_mark(mark.label, where, self._marking.rename, self._marking.delete)

    def _open_for_row(self, index: int | None, where: QPoint) -> None:
        state = self._view.state
        if state.timeline is None or index is None:
            return
        state.row = index
        process = state.rows[index].owner if not state.rows[index].helpers_of else 0
        self._view.choose(whole(state.rows[index]))
        name = state.timeline.process(process).name if process else "helpers"
        self._menu.open(process, name, where, self._arranging.choices(index))
