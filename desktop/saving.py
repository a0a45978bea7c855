"""Saves and copies what the window shows: the picture, and the plan's script. The window's thread."""

import re
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop import export
from desktop.control.session import Session
from desktop.settings import Settings
from workers.errors import ProcessionError

NO_RUN = "There is no run yet: press Start first."


def with_suffix(path: str, kind: str) -> str:
    """The path that a dialog gave, with the first suffix of the kind of file chosen there when it has none of its own."""
    suffix = re.search(r"\*(\.\w+)", kind)
    return path if not path or suffix is None or Path(path).suffix else path + suffix[1]


class Saving(QObject):
    """done: one sentence on what was saved or copied, or why there is nothing to save. failed: one sentence."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings

    def export(self) -> None:
        """Ask where to, and write the picture."""
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        name = str(self._folder() / export.default_name(timeline))
        path, kind = QFileDialog.getSaveFileName(self._window, "Export the timeline", name, export.FILE_FILTER)
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self.export_to(path)

    def export_to(self, path: str | Path, *, scale: int = 2) -> bool:
        """Write the timeline to `path`, by its suffix. scale: of a PNG. True when the file is written."""
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return False
        run = None if self._session.folder is None else Path(self._session.folder)
        try:
            export.export_timeline(timeline, Path(path), folder=run, scale=scale)
        except ProcessionError as error:
            self.failed.emit(str(error))
            return False
        self.done.emit(f"Saved {path}")
        return True

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        QApplication.clipboard().setImage(export.picture_image(timeline, 2))
        self.done.emit("The picture is on the clipboard.")

    def save_code(self, text: str) -> None:
        """Ask where to, and write the plan's script."""
        name = str(self._folder() / "plan.py")
        path, kind = QFileDialog.getSaveFileName(self._window, "Save the script", name, "Python (*.py)")
        path = with_suffix(path, kind)
        if not path:
            return
        self._settings.export_folder = str(Path(path).parent)
        try:
            export.write_text(Path(path), text)
        except ProcessionError as error:
            self.failed.emit(str(error))
        else:
            self.done.emit(f"Saved {path}")

    def _folder(self) -> Path:
        """Where the last file went, while that folder is there."""
        folder = Path(self._settings.export_folder or Path.home())
        return folder if folder.is_dir() else Path.home()
