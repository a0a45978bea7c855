"""Changes the user's marks in one run, keeps them with it, and undoes and redoes changes. The window's thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workers.errors import ProcessionError
from workers.runs import bookmarks
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

_State = tuple[Bookmark, ...]


class MarkEdits(QObject):
    """changed: the timeline has other marks now, or another timeline is edited. kept: the new marks are in the run's folder, if
    it has one. failed: one sentence, when they could not be written there."""

    changed = Signal()
    kept = Signal()
    failed = Signal(str)

    def __init__(self, folder: Callable[[], Path | None], parent: QObject | None = None) -> None:
        """folder: returns the folder of the run's journals, None when it has none. A live run gets one when it is launched."""
        super().__init__(parent)
        self._folder = folder
        self._timeline: Timeline | None = None
        self._done: list[tuple[str, _State]] = []
        self._undone: list[tuple[str, _State]] = []

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Edit the marks of this run from now on; no earlier change can be undone."""
        self._timeline = timeline
        self._done, self._undone = [], []
        self.changed.emit()

    @property
    def timeline(self) -> Timeline | None:
        """The run whose marks are edited."""
        return self._timeline

    @property
    def undo_text(self) -> str:
        """What undo would take back, like ``add mark``; empty when there is nothing."""
        return self._done[-1][0] if self._done else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again."""
        return self._undone[-1][0] if self._undone else ""

    def replace(self, old: Bookmark | None, new: Bookmark | None) -> None:
        """Put `new` in the place of `old`. Without `old`, `new` is added; without `new`, `old` is removed."""
        timeline = self._timeline
        if timeline is None or old == new:
            return
        before = tuple(timeline.bookmarks)
        after = [mark for mark in before if mark != old]
        if new is not None and new not in after:
            after.append(new)
        self._done.append(("add mark" if old is None else "delete mark" if new is None else "change mark", before))
        self._undone.clear()
        self._put(tuple(sorted(after)))

    def undo(self) -> None:
        """Take the last change back."""
        self._go_back(self._done, self._undone)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._go_back(self._undone, self._done)

    def _go_back(self, changes: list[tuple[str, _State]], reverse: list[tuple[str, _State]]) -> None:
        if self._timeline is not None and changes:
            name, state = changes.pop()
            reverse.append((name, tuple(self._timeline.bookmarks)))
            self._put(state)

    def _put(self, state: _State) -> None:
        assert self._timeline is not None
        self._timeline.bookmarks = list(state)
        self._timeline.touch()
        self.changed.emit()
        folder = self._folder()
        if folder is not None:
            try:
                bookmarks.save(folder, state)
            except ProcessionError as error:
                self.failed.emit(str(error))
                return
        self.kept.emit()
