"""Showing the critical path of the run over its lanes, and saying it. The window's thread."""

from PySide6.QtCore import QObject, Signal

from desktop.chart.chart_display import ChartDisplay
from workers.report.path_text import path_sentence

_LATER = "The critical path is shown once the run has ended."
_NONE = "There is no critical path of a trace or of a cluster: what their processes waited for is not known."
_HIDDEN = "The critical path is hidden."


class PathShowing(QObject):
    """Shows the path, or hides it. said: one sentence, what the path consists of. changed: whether it is shown."""

    said = Signal(str)
    changed = Signal(bool)

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        self._display = display

    def toggle(self) -> None:
        """Show the path, or hide it."""
        state = self._display.state
        timeline = state.timeline
        if timeline is None:
            return
        state.shows_path = not state.shows_path
        if not state.shows_path:
            self.said.emit(_HIDDEN)
        elif timeline.imported is not None or timeline.cluster is not None:
            state.shows_path = False
            self.said.emit(_NONE)
        else:
            path = state.path
            self.said.emit(_LATER if path is None else path_sentence(timeline, path))
        self.changed.emit(state.shows_path)
        self._display.redraw()
