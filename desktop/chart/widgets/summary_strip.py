"""What the thin strips above the lanes share: each sums the run up in one line. The window's thread.

A strip is asked at each frame of a run that has news, and computes its summary again only now and then.
"""

from typing import Generic, TypeVar

from PySide6.QtCore import QElapsedTimer, QEvent
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.look.palette import Palette
from desktop.widgets.spoken_widgets import speak_as
from workers.timeline.timeline import Timeline

_EVERY_MS = 500
_SHARE = 40
"""A summary is computed again after so many times as long as it took."""

Summary = TypeVar("Summary")


class SummaryStrip(QWidget, Generic[Summary]):
    """A strip of fixed height, hidden while it has nothing to show. A subclass says how a run is summed up, and paints it.

    summary: what is shown; None before the first run, and for a run that has none.
    """

    def __init__(self, object_name: str, accessible_name: str, height_px: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        speak_as(self, QAccessible.Role.Chart)
        self.summary: Summary | None = None
        self._height_px = height_px
        self._shown: tuple[int, bool] = (-1, False)  # the revision of the run, and whether it had ended
        self._allowed = True
        self._age = QElapsedTimer()
        self._wait_ms = 0
        self.hide()

    def summarize(self, timeline: Timeline) -> Summary | None:
        """What is to be shown of a run; None if there is nothing."""
        raise NotImplementedError

    def is_worth_showing(self, summary: Summary) -> bool:
        """Whether the strip is shown with this summary."""
        raise NotImplementedError

    def description_of(self, summary: Summary) -> str:
        """The summary in words, for screen readers."""
        raise NotImplementedError

    def words_at(self, x_px: float) -> str:
        """The tooltip at a place, in pixels from the left, as lines of plain text."""
        raise NotImplementedError

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours."""
        raise NotImplementedError

    def set_unit(self, unit_px: float) -> None:
        """Be as high as the units of the chart say."""
        self.setFixedHeight(round(self._height_px * unit_px))

    def never_show(self) -> None:
        """Stay hidden, also for the next run."""
        self._allowed = False
        self.hide()

    def forget(self) -> None:
        """Another run is shown."""
        self._shown, self.summary, self._wait_ms = (-1, False), None, 0
        self.hide()

    def show_run(self, timeline: Timeline) -> None:
        """Show the summary of this run, if it may have changed by now."""
        shown = timeline.revision, timeline.ended
        if shown == self._shown or not self._allowed or not (timeline.ended or self._is_due(timeline)):
            return
        self._shown = shown
        self._age.restart()
        summary = self.summary = self.summarize(timeline)
        self._wait_ms = max(_EVERY_MS, _SHARE * self._age.elapsed())
        self.setVisible(summary is not None and self.is_worth_showing(summary))
        if summary is not None:
            self.setAccessibleDescription(self.description_of(summary))
        self.update()

    def _is_due(self, timeline: Timeline) -> bool:
        """Whether the summary of a run that goes on may be computed again."""
        return not self._age.isValid() or self._age.elapsed() >= self._wait_ms

    def event(self, event: QEvent) -> bool:
        """Explain the place below the pointer with a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)
