"""Setting, changing and deleting a person's marks on the timeline. The window's thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.chart.geometry.chart_unit import scaled
from desktop.chart.widgets.mark_editor import MarkEditor
from desktop.facts.selection import BookmarkSelection
from workers.timeline.model import Bookmark

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


class Marking(QObject):
    """Asks for labels, and has the view tell what is to change."""

    def __init__(self, view: "TimelineView", editor: MarkEditor) -> None:
        super().__init__(view)
        self._view = view
        self._editor = editor
        self._asked: tuple[Bookmark | None, int] = None, 0  # the mark whose label is written, and its moment
        editor.answered.connect(self._on_label_written)

    @property
    def selected(self) -> Bookmark | None:
        """The mark that is selected."""
        selection = self._view.state.selection
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
            self._view.choose(None)
            self._view.mark_changed.emit(mark, None)

    def choose(self, mark: Bookmark) -> None:
        """Select a mark."""
        self._view.choose(BookmarkSelection(mark))

    def step(self, by: int) -> None:
        """Select the next mark after the selected one, or after what is in the middle; or the one before."""
        timeline = self._view.state.timeline
        marks = timeline.bookmarks if timeline is not None else []
        if not marks:
            return
        held = self.selected
        if held in marks:
            at = min(max(marks.index(held) + by, 0), len(marks) - 1)
        else:
            middle = (self._view.scale.t0_ns + self._view.scale.t1_ns) // 2
            before = sum(mark.at_ns <= middle for mark in marks)
            at = min(before, len(marks) - 1) if by > 0 else max(before - 1, 0)
        self.choose(marks[at])
        self._reveal(marks[at])

    def _reveal(self, mark: Bookmark) -> None:
        if self._view.state.camera.reveal(mark.at_ns, mark.at_ns):
            self._view.moved_by_hand()

    def _ask(self, mark: Bookmark | None, at_ns: int) -> None:
        self._asked = mark, at_ns
        label = "" if mark is None else mark.label
        unit_px = self._view.unit_px
        self._editor.ask(label, self._view.scale.x(at_ns) * unit_px, scaled(self._view.axis, unit_px))

    def _on_label_written(self, label: str) -> None:
        old, at_ns = self._asked
        timeline = self._view.state.timeline
        if timeline is None:
            return
        new = Bookmark(at_ns, label or (old.label if old is not None else f"Mark {len(timeline.bookmarks) + 1}"))
        self._view.mark_changed.emit(old, new)
        if new in timeline.bookmarks:
            self.choose(new)
