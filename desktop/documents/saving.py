"""Saves and copies what the window shows: the picture, the run, and the plan's script. The window's thread.

What is no picture and a person asked for is written in a thread of its own, from a copy of the timeline: a million events take
seconds, and the window stays live.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.control.session import Session
from desktop.control.write_thread import WriteThread
from desktop.dialogs.export_dialog import ExportDialog
from desktop.export import exporting
from desktop.export.exporting import with_suffix
from desktop.export.pictures import PictureLook, picture_image
from desktop.settings import Settings
from desktop.widgets.progress import ProgressBox
from workers.errors import ProcessionError
from workers.formats.blocks import Progress

if TYPE_CHECKING:
    from desktop.chart.drawing.picture_extent import PictureExtent

NO_RUN = "There is no run yet: press Start first."


class Saving(QObject):
    """done: one sentence on what was saved or copied, or why there is nothing to save. failed: one sentence."""

    done = Signal(str)
    failed = Signal(str, str)

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._seen: Callable[[], PictureExtent] | None = None  # the chart, once it is loaded
        self._thread: WriteThread | None = None
        self._path = Path()
        self._waiting = ProgressBox(window, "writing")
        self._waiting.cancelled.connect(self._on_cancelled)

    def set_seen(self, seen: Callable[[], "PictureExtent"]) -> None:
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
        look = PictureLook(
            self._seen() if seen and self._seen is not None else None, width_px, height_px or None, scale, dark
        )
        name = str(self._folder() / exporting.default_name(timeline))
        path, kind = QFileDialog.getSaveFileName(self._window, "Export the timeline", name, exporting.FILE_FILTER)
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self._begin(Path(path), look)

    def save_run(self) -> None:
        """Ask where to, and save the run itself."""
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        name = str(self._folder() / Path(exporting.default_name(timeline)).with_suffix(".procession"))
        path, kind = QFileDialog.getSaveFileName(self._window, "Save the run", name, "Saved run (*.procession)")
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self._begin(Path(path), PictureLook())

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
            self.failed.emit(f"What can be exported is all or visible, not {what!r}.", "")
            return False
        shown = (
            self._seen()
            if what == "visible" and self._seen is not None and self._session.timeline is not None
            else None
        )
        width_px, height_px = size or (None, None)
        return self._write(path, PictureLook(shown, width_px, height_px or None, scale, dark))

    @property
    def writing(self) -> bool:
        """Whether a file is being written in a thread."""
        return self._thread is not None

    def end(self) -> None:
        """Let go of the file that is being written, which leaves the old one, and wait until its thread has ended."""
        thread, self._thread = self._thread, None
        self._waiting.end()
        if thread is not None:
            thread.written.disconnect(self._on_written)
            thread.failed.disconnect(self._on_failed)
            thread.cancel()
            thread.wait()
            thread.deleteLater()

    def _begin(self, path: Path, look: PictureLook) -> None:
        """Write what a person chose: a picture at once, anything else while the window goes on."""
        timeline = self._session.timeline
        if self._thread is not None:
            self.done.emit(f"{self._path.name} is still being written.")
            return
        try:
            if timeline is None or exporting.is_picture(path):
                self._write(path, look)
                return
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return
        now, run = timeline.snapshot(), self._run_folder()

        def write(progress: Progress) -> None:
            exporting.export_timeline(now, path, folder=run, progress=progress)

        self._path = path
        self._thread = thread = WriteThread(write, self)
        thread.written.connect(self._on_written)
        thread.failed.connect(self._on_failed)
        self._waiting.begin(f"Writing {path.name}", lambda: thread.done)
        thread.start()

    def _on_written(self) -> None:
        self.end()
        self.done.emit(f"Saved {self._path}")

    def _on_failed(self, sentence: str, details: str) -> None:
        self.end()
        self.failed.emit(sentence, details)

    def _on_cancelled(self) -> None:
        self.end()
        self.done.emit(f"{self._path.name} was not written: what was there before is as it was.")

    def _run_folder(self) -> Path | None:
        return None if self._session.folder is None else Path(self._session.folder)

    def _write(self, path: str | Path, look: PictureLook) -> bool:
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return False
        try:
            exporting.export_timeline(timeline, Path(path), folder=self._run_folder(), look=look)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return False
        self.done.emit(f"Saved {path}")
        return True

    def copy_picture(self) -> None:
        """Put the picture of the whole run on the clipboard."""
        self._copy(PictureLook())

    def copy_seen(self) -> None:
        """Put a picture of what is seen on the clipboard."""
        self._copy(PictureLook(None if self._seen is None else self._seen()))

    def _copy(self, look: PictureLook) -> None:
        timeline = self._session.timeline
        if timeline is None:
            self.done.emit(NO_RUN)
            return
        try:
            QApplication.clipboard().setImage(picture_image(timeline, look=look))
        except ProcessionError as error:
            self.failed.emit(str(error), "")
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
            exporting.write_text(Path(path), text)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        else:
            self.done.emit(f"Saved {path}")

    def _folder(self) -> Path:
        """Where the last file went, while that folder is there."""
        folder = Path(self._settings.export_folder or Path.home())
        return folder if folder.is_dir() else Path.home()
