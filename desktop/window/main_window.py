"""The window: a frame that is painted at once, and its contents, which are imported and made after that. The window's thread.

It passes closing and dropped files on to the contents (`contents.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window.window_frame import Frame

if TYPE_CHECKING:
    from desktop.window.contents import Contents


class MainWindow(Frame):
    """Procession's window."""

    def __init__(self, settings: Settings, *, late: bool = False, lessons: Path | None = None) -> None:
        """late: make only the frame. `complete` makes the contents once the frame is painted. lessons: a teacher's folder."""
        super().__init__(settings)
        self._settings = settings
        self._lessons = lessons
        self._contents: Contents | None = None
        if late:
            self.wait(settings)
        else:
            self.complete()

    def complete(self) -> Contents:
        """Return the contents. The first call makes all of them, before any further input of the user is handled."""
        if self._contents is None:
            # Importing them takes longer than everything before the first paint.
            from desktop.window.contents import Contents

            self.end_waiting()
            self._contents = Contents(self, self._settings, self._lessons)
            self.setAcceptDrops(True)
        return self._contents

    @property
    def contents(self) -> Contents:
        """The contents of the window, made if they are not there yet."""
        return self.complete()

    def export_to(
        self,
        path: str | Path,
        *,
        scale: int = 2,
        what: str = "all",
        size: tuple[int, int] | None = None,
        dark: bool = False,
    ) -> bool:
        """Write the timeline to `path`, by its suffix, without a dialog. scale: of a PNG. what: all, or visible. size: width
        and height of the picture at 1x, 0 for the height that the lanes need. True when the file was written; an
        error is shown otherwise."""
        return self.contents.saving.export_to(path, scale=scale, what=what, size=size, dark=dark)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file can be dropped anywhere on the window."""
        if self.contents.opening.can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file. A script is not run before Start is pressed."""
        if self.contents.opening.drop(event.mimeData()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask first while a run is still running. Then hide at once, and end the run's whole tree before the process ends."""
        if self._contents is not None and not self._contents.closing.may_close():
            event.ignore()
            return
        event.accept()
        if self._contents is not None:
            self._contents.end()

    def end(self) -> None:
        """Close without asking, after a signal."""
        self.contents.closing.allow()
        for widget in QApplication.topLevelWidgets():
            if widget is not self:
                widget.close()
        self.close()
        QApplication.quit()
