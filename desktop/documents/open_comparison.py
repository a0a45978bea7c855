"""One open comparison: the files that it keeps open, and the marks of its two runs. The window's thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.documents.mark_edits import MarkEdits
from workers.formats.file_format import FileKind, Opened
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.dialogs.compare_window import CompareWindow

NOT_KEPT = "A mark that is set here is kept as long as this comparison is open."


class OpenComparison(QObject):
    """Edits the marks that the user sets in a comparison's window. closed: itself, once the window is closed."""

    closed = Signal(object)

    def __init__(
        self, window: "CompareWindow", files: list[Opened], main_marks: MarkEdits, parent: QObject | None = None
    ) -> None:
        """files: closed with the window. main_marks: of the run that the main window shows."""
        super().__init__(parent)
        self.window = window
        self.files = files
        self._main_marks = main_marks
        self._own_marks: dict[int, MarkEdits] = {}
        self._last: MarkEdits | None = None
        self._explained = False
        window.mark_changed.connect(self._on_mark_changed)
        window.undo_requested.connect(self._on_undo)
        window.redo_requested.connect(self._on_redo)
        window.closed.connect(self._on_closed)

    def _on_mark_changed(self, timeline: Timeline, old: Bookmark | None, new: Bookmark | None) -> None:
        self._last = self._marks_of(timeline)
        self._last.replace(old, new)

    def _marks_of(self, timeline: Timeline) -> MarkEdits:
        """The main window's for the run that it shows; for another run its own, which are kept in that run's folder."""
        if self._main_marks.timeline is timeline:
            return self._main_marks
        marks = self._own_marks.get(id(timeline))
        if marks is None:
            file = next((file for file in self.files if file.timeline is timeline), None)
            folder = file.path if file is not None and file.kind is FileKind.RUN_FOLDER else None
            marks = self._own_marks[id(timeline)] = MarkEdits(lambda: folder, self)
            marks.set_timeline(timeline)
            marks.changed.connect(self.window.refresh)
            marks.failed.connect(self.window.toast.say)
            if folder is None and not self._explained:
                self._explained = True
                self.window.toast.say(NOT_KEPT)
        return marks

    def _on_undo(self) -> None:
        if self._last is not None:
            self._last.undo()

    def _on_redo(self) -> None:
        if self._last is not None:
            self._last.redo()

    def _on_closed(self) -> None:
        for opened in self.files:
            opened.close()
        self.files = []
        self.closed.emit(self)
