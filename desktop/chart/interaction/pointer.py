"""What the mouse and the wheel do in the timeline view. The window's thread.

The canvas reports what was pressed, in units of the chart; here it becomes times, rows and selections.
"""

from PySide6.QtCore import QObject, QPoint, QPointF, Signal
from PySide6.QtWidgets import QToolTip

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.drawing.chart_style import tooltip
from desktop.chart.interaction.arranging import Arranging
from desktop.chart.interaction.marking import Marking
from desktop.chart.state.chart_state import whole
from desktop.facts.formatting import format_moment
from desktop.facts.selection import Selection
from desktop.facts.visible_text import visible


class Pointer(QObject):
    """Connects the mouse with the chart.

    hovered: every fact of what is under the pointer.
    active: whether the pointer, and not the keyboard, was used last.
    """

    hovered = Signal(str)

    def __init__(self, display: ChartDisplay, arranging: Arranging, marking: Marking) -> None:
        super().__init__(display)
        self.active = False
        self._display, self._layout = display, display.layout
        self._arranging, self._marking = arranging, marking
        self._hovered = ""
        self._tooltip_at: tuple[QPointF, QPoint] | None = None  # on the canvas, and on the screen
        self._clicked: Selection | None = None  # the thing under the last click
        self._grabbed = 0, 0.0  # the moment and the height that stay under the pointer
        self._scroll_rest = 0.0  # scrolling by less than a pixel that is still to come
        canvas, headers = self._layout.canvas, self._layout.headers
        canvas.zoomed.connect(self.zoom)
        canvas.panned.connect(self.pan)
        canvas.scrolled.connect(self._on_scrolled)
        canvas.grabbed.connect(self._on_grabbed)
        canvas.dragged.connect(self._on_dragged)
        canvas.clicked.connect(self._on_clicked)
        canvas.double_clicked.connect(self._on_double_clicked)
        canvas.pointed.connect(self._on_pointed)
        headers.clicked.connect(self._on_header_clicked)
        headers.scrolled.connect(self._on_scrolled)
        self._layout.overview.moved.connect(self._on_overview_moved)
        self._layout.live.clicked.connect(self._on_live_clicked)
        display.redrawn.connect(self._on_redrawn)

    def zoom(self, factor: float, x: float) -> None:
        """Show `factor` times as much time, with the moment at `x` where it is."""
        if self._display.state.camera.zoom(factor, self._display.scale.at(x)):
            self._display.moved_by_hand()

    def pan(self, by_px: float) -> None:
        """Move the content to the right."""
        if self._display.state.camera.pan(round(-by_px * self._display.scale.ns_per_px)):
            self._display.moved_by_hand()

    def hide_tooltip(self) -> None:
        """Hide the facts of what is under the pointer."""
        self._show_facts(None, None)

    def _on_scrolled(self, by_px: float) -> None:
        wanted = self._layout.scroll.value() + self._scroll_rest + by_px
        self._layout.scroll.setValue(round(wanted))
        # A touchpad turns by less than a pixel at a time. Turns beyond an end are dropped.
        self._scroll_rest = wanted - round(wanted)

    def _on_grabbed(self, at: QPointF) -> None:
        self._grabbed = self._display.scale.at(at.x()), at.y() + self._layout.scroll.value()

    def _on_dragged(self, at: QPointF) -> None:
        """Bring the grabbed place back under the pointer. Each move starts from that place, so that no error adds up."""
        self._layout.scroll.setValue(round(self._grabbed[1] - at.y()))
        if self._display.state.camera.pan(self._grabbed[0] - self._display.scale.at(at.x())):
            self._display.moved_by_hand()

    def _on_overview_moved(self, t0_ns: int, t1_ns: int) -> None:
        if self._display.state.camera.show(t0_ns, t1_ns):
            self._display.moved_by_hand()

    def _on_live_clicked(self) -> None:
        self._display.follow = True
        self._layout.canvas.setFocus()

    def _on_clicked(self, at: QPointF) -> None:
        mark = self._display.mark_at(at.x(), at.y())
        self._clicked = None
        if mark is not None:
            self._marking.choose(mark)
            return
        index, selection = self._display.under(at)
        self._clicked = selection
        self._display.state.row = index
        if index is not None and selection is None:
            self._arranging.toggle(index)
        else:
            self._display.choose(selection)

    def _on_double_clicked(self, at: QPointF) -> None:
        if self._display.mark_at(at.x(), at.y()) is not None:
            self._marking.rename()
            return
        # The first click may have opened the details, so that something else is under the pointer now.
        selection = self._clicked or self._display.under(at)[1]
        if selection is not None and self._display.state.fit(selection):
            self._display.moved_by_hand()

    def _on_header_clicked(self, index: int) -> None:
        self._layout.canvas.setFocus()
        self._display.state.row = index
        row = self._display.state.rows[index]
        if row.process or row.track or row.thread:
            self._display.choose(whole(row))
        else:
            self._arranging.toggle(index)

    def _on_pointed(self, at: QPointF | None, where: QPoint | None) -> None:
        self.active = at is not None
        self._show_facts(at, where)

    def _show_facts(self, at: QPointF | None, where: QPoint | None) -> None:
        text = "" if at is None else self._facts_at(at)
        if text != self._hovered:
            self._hovered = text
            self.hovered.emit(text)
        if text and at is not None and where is not None:
            self._tooltip_at = at, where
            QToolTip.showText(where, tooltip(text), self._layout.canvas)
        else:
            self._tooltip_at = None
            QToolTip.hideText()

    def _on_redrawn(self) -> None:
        """Update the tooltip: the run is still running, or the view moved under a pointer at rest."""
        if self._tooltip_at is None:
            return
        if not QToolTip.isVisible():
            self._tooltip_at = None
        elif self._facts_at(self._tooltip_at[0]) != self._hovered:
            self._show_facts(*self._tooltip_at)

    def _facts_at(self, at: QPointF) -> str:
        mark = self._display.mark_at(at.x(), at.y())
        if mark is not None:
            return f"{visible(mark.label)}\n{format_moment(mark.at_ns)}"
        return self._display.state.words(*self._display.under(at)) or self._display.meaning_at(at)
