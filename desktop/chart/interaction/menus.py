"""The menus of lanes and of the user's marks, opened by the mouse or by a key. The window's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, QPointF, Signal

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.lane_verbs import LaneMenu, VerbChoice
from desktop.chart.interaction.marking import Marking
from desktop.chart.state.chart_state import whole
from workers.timeline.model import Bookmark


class Menus(QObject):
    """Opens menus, and selects what each is for, so that the user sees it. verb_requested: a process's id and a verb."""

    verb_requested = Signal(int, str)

    def __init__(self, display: ChartDisplay, arranging: Arranging, marking: Marking) -> None:
        super().__init__(display)
        self._display = display
        self._layout = display.layout
        self._arranging = arranging
        self._marking = marking
        self._menu = LaneMenu(self._layout.owner)
        self._menu.requested.connect(self.verb_requested)
        self._layout.canvas.menu_requested.connect(self.open_at)
        self._layout.headers.menu_requested.connect(self.open_on_header)

    def set_verbs(self, provider: Callable[[int], Sequence[VerbChoice]]) -> None:
        """Set the source of what can be done to a process, by its id. It is asked each time a menu opens."""
        self._menu.set_provider(provider)

    def choices(self, process: int) -> Sequence[VerbChoice]:
        """What can be done to this process now."""
        return self._menu.choices(process)

    def open_at(self, at: QPointF, where: QPoint) -> None:
        """Open the menu for a place of the canvas. where: the same place on the screen."""
        mark = self._display.mark_at(at.x(), at.y())
        if mark is not None:
            self._open_for_mark(mark, where)
            return
        self._open_for_row(self._display.under(at)[0], where)

    def open_on_header(self, index: int, where: QPoint) -> None:
        """Open the menu of a row at its header."""
        self._layout.canvas.setFocus()
        self._open_for_row(index, where)

    def open_by_key(self) -> None:
        """Open the menu of the selected mark, else of the row that has the keyboard."""
        mark = self._marking.selected
        if mark is not None:
            foot = QPointF(self._display.scale.x(mark.at_ns), AXIS_PX) * self._layout.unit_px
            self._open_for_mark(mark, self._layout.canvas.mapToGlobal(foot.toPoint()))
            return
        held = self._display.state.held_row
        if held is not None:
            y = self._display.state.rows.y(held, self._layout.scroll.value()) + held.height_px / 2
            headers = self._layout.headers
            at = QPoint(headers.width() // 2, round(y * self._layout.unit_px))
            self._open_for_row(self._display.state.row, headers.mapToGlobal(at))

    def _open_for_mark(self, mark: Bookmark, where: QPoint) -> None:
        self._marking.choose(mark)
        self._menu.open_for_mark(mark.label, where, self._marking.rename, self._marking.delete)

    def _open_for_row(self, index: int | None, where: QPoint) -> None:
        state = self._display.state
        if state.timeline is None or index is None:
            return
        state.row = index
        process = state.rows[index].owner if not state.rows[index].helpers_of else 0
        self._display.choose(whole(state.rows[index]))
        name = state.timeline.process(process).name if process else "helpers"
        self._menu.open(process, name, where, self._arranging.choices(index))
