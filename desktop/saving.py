"""Saves and copies what the window shows: the picture, and the plan's script. The window's thread."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop import export
from desktop.control.session import Session
from desktop.export import Look
from desktop.export_dialog import ExportDialog
from desktop.settings import Settings
from workers.errors import ProcessionError

if TYPE_CHECKING:
    from desktop.chart.shown import Shown

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
        self._seen: Callable[[], Shown] | None = None  # the chart, once it is loaded

    def set_seen(self, seen: Callable[[], "Shown"]) -> None:
        """Whom to ask for what is seen now."""
        self._seen = seen

    def export(self, *, dark: bool = False) -> None:
        """Ask what to export and where to, and write it. dark: whether the window is."""
        if self._session.timeline is None:
            self.done.emit(NO_RUN)
            return
        dialog = ExportDialog(self._window, dark=dark)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted_with.connect(self._on_asked)
        dialog.open()

    def _on_asked(self, seen: bool, width_px: int, height_px: int, scale: int, dark: bool) -> None:
        timeline = self._session.timeline
        if timeline is None:
            return
        look = Look(self._seen() if seen and self._seen is not None else None, width_px, height_px or None, scale, dark)
        name = str(self._folder() / export.default_name(timeline))
        path, kind = QFileDialog.getSaveFileName(self._window, "Export the timeline", name, export.FILE_FILTER)
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self._write(path, look)

    def save_run(self) -> None:
        """Ask where to, and save the run itself."""
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        name = str(self._folder() / Path(export.default_name(timeline)).with_suffix(".procession"))
        path, kind = QFileDialog.getSaveFileName(self._window, "Save the run", name, "Saved run (*.procession)")
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self.export_to(path)

    def export_to(
        self,
        path: str | Path,
        *,
        scale: int = 2,
        what: str = "all",
        size: tuple[int, int] | None = None,
        dark: bool = False,
    ) -> bool:
        """Write the timeline to `path`, by its suffix. scale: of a PNG. what: all, or visible. size: width and height at 1x,
        0 for the height that the lanes need. True when the file is written."""
        if what not in ("all", "visible"):
            self.failed.emit(f"What can be exported is all or visible, not {what!r}.")
            return False
        shown = (
            self._seen()
            if what == "visible" and self._seen is not None and self._session.timeline is not None
            else None
        )
        width_px, height_px = size or (None, None)
        return self._write(path, Look(shown, width_px, height_px or None, scale, dark))

    def _write(self, path: str | Path, look: Look) -> bool:
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return False
        run = None if self._session.folder is None else Path(self._session.folder)
        try:
            export.export_timeline(timeline, Path(path), folder=run, look=look)
        except ProcessionError as error:
            self.failed.emit(str(error))
            return False
        self.done.emit(f"Saved {path}")
        return True

    def copy_picture(self) -> None:
        """Put the picture of the whole run on the clipboard."""
        self._copy(Look())

    def copy_seen(self) -> None:
        """Put a picture of what is seen on the clipboard."""
        self._copy(Look(None if self._seen is None else self._seen()))

    def _copy(self, look: Look) -> None:
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        try:
            QApplication.clipboard().setImage(export.picture_image(timeline, look=look))
        except ProcessionError as error:
            self.failed.emit(str(error))
        else:
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
