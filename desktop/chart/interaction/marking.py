"""What the user does with marks: set, change, delete, go to the next. The window's thread."""

from PySide6.QtCore import QObject, Signal

from desktop.chart.chart_display import ChartDisplay
from desktop.chart.geometry.chart_unit import scaled
from desktop.facts.selection import BookmarkSelection
from workers.timeline.model import Bookmark


class Marking(QObject):
    """Asks for labels, and requests the changes. change_requested: the old Bookmark and the new one, None for neither."""

    change_requested = Signal(object, object)

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        self._display = display
        self._editor = display.layout.mark_editor
        # The mark whose label is edited, None for a new one, and its moment.
        self._edited: tuple[Bookmark | None, int] = None, 0
        self._editor.answered.connect(self._on_label_written)

    @property
    def selected(self) -> Bookmark | None:
        """The mark that is selected."""
        selection = self._display.state.selection
        return selection.bookmark if isinstance(selection, BookmarkSelection) else None

    def mark(self, at_ns: int) -> None:
        """Ask for the label of a new mark at this moment."""
        self._ask(None, at_ns)

    def rename(self) -> None:
        """Ask for another label of the selected mark."""
        mark = self.selected
        if mark is not None:
            self._reveal(mark)
            self._ask(mark, mark.at_ns)

    def delete(self) -> None:
        """Delete the selected mark."""
        mark = self.selected
        if mark is not None:
            self._display.choose(None)
            self.change_requested.emit(mark, None)

    def choose(self, mark: Bookmark) -> None:
        """Select a mark."""
        self._display.choose(BookmarkSelection(mark))

    def step(self, by: int) -> None:
        """Select the next mark after the selected one, or after the middle of the view; with -1 the one before."""
        timeline = self._display.state.timeline
        marks = timeline.bookmarks if timeline is not None else []
        if not marks:
            return
        held = self.selected
        if held in marks:
            at = min(max(marks.index(held) + by, 0), len(marks) - 1)
        else:
            middle = (self._display.scale.t0_ns + self._display.scale.t1_ns) // 2
            before = sum(mark.at_ns <= middle for mark in marks)
            at = min(before, len(marks) - 1) if by > 0 else max(before - 1, 0)
        self.choose(marks[at])
        self._reveal(marks[at])

    def _reveal(self, mark: Bookmark) -> None:
        if self._display.state.camera.reveal(mark.at_ns, mark.at_ns):
            self._display.moved_by_hand()

    def _ask(self, mark: Bookmark | None, at_ns: int) -> None:
        self._edited = mark, at_ns
        label = "" if mark is None else mark.label
        unit_px = self._display.unit_px
        self._editor.ask(label, self._display.scale.x(at_ns) * unit_px, scaled(self._display.axis, unit_px))

    def _on_label_written(self, label: str) -> None:
        old, at_ns = self._edited
        timeline = self._display.state.timeline
        if timeline is None:
            return
        new = Bookmark(at_ns, label or (old.label if old is not None else f"Mark {len(timeline.bookmarks) + 1}"))
        self.change_requested.emit(old, new)
        if new in timeline.bookmarks:
            self.choose(new)
