"""The window: a frame that is painted at once, and its contents, which are imported and made after that. The window's thread.

What a person closes and drops on comes from the frame to the contents; the rest of them is `contents.py`.
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

    def __init__(self, settings: Settings, *, late: bool = False) -> None:
        """late: only the frame is made; `complete` makes the rest, once that is painted."""
        super().__init__(settings)
        self._settings = settings
        self._contents: Contents | None = None
        if late:
            self.wait(settings)
        else:
            self.complete()

    def complete(self) -> Contents:
        """The contents, made if they are not there yet: all of them before anything else is heard of a person."""
        if self._contents is None:
            # Importing them takes longer than all that comes before the first paint.
            from desktop.window.contents import Contents

            self.end_waiting()
            self._contents = Contents(self, self._settings)
            self.setAcceptDrops(True)
        return self._contents

    @property
    def contents(self) -> Contents:
        """What is in the window."""
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
        and height of the picture at 1x, 0 for the height that the lanes need. True when the file is written; an error is
        shown otherwise."""
        return self.contents.saving.export_to(path, scale=scale, what=what, size=size, dark=dark)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file can be dropped anywhere on the window."""
        if self.contents.opening.can_drop(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it; running a script takes a press."""
        if self.contents.opening.drop(event.mimeData()):
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask when a run goes on. Then be gone at once, and end the run's whole tree before the process does."""
        if self._contents is not None and not self._contents.closing.may_close():
            event.ignore()
            return
        event.accept()
        if self._contents is not None:
            self._contents.end()

    def end(self) -> None:
        """Close without asking, as a signal demands."""
        self.contents.closing.ask_no_more()
        for widget in QApplication.topLevelWidgets():
            if widget is not self:
                widget.close()
        self.close()
        QApplication.quit()
