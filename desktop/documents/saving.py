"""Saves and copies what the window shows: the picture, the run, and the plan's script. The window's thread.

A picture is painted in the window's thread. A job writes every other file that the user chose, from a copy of the timeline: a
million events take seconds, and the window stays live.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.dialogs.export_dialog import ExportDialog
from desktop.documents.document import Document
from desktop.documents.progress_job import ProgressJob
from desktop.export import exporting
from desktop.export.exporting import with_suffix
from desktop.export.pictures import PictureLook, picture_image
from desktop.jobs import JobThread
from desktop.settings import Settings
from workers.errors import ProcessionError

if TYPE_CHECKING:
    from desktop.chart.pictures.picture_extent import PictureExtent

NO_RUN = "There is no run yet: press Start first."


class Saving(QObject):
    """done: one sentence on what was saved or copied, or why there is nothing to save. failed: a sentence and details."""

    done = Signal(str)
    failed = Signal(str, str)

    def __init__(self, window: QWidget, document: Document, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._settings = settings
        self._visible: Callable[[], PictureExtent] | None = None  # of the chart, once it is loaded
        self._path = Path()
        self._job = ProgressJob(window, "writing")
        self._job.finished.connect(self._on_written)
        self._job.failed.connect(self.failed)
        self._job.cancelled.connect(self._on_cancelled)

    def set_visible(self, visible: Callable[[], "PictureExtent"]) -> None:
        """visible: which lanes and which part of the time the chart shows now."""
        self._visible = visible

    def export(self, *, dark: bool = False) -> None:
        """Ask what to export and where to, and write it. dark: whether the window is."""
        if self._document.run is None:
            self.done.emit(NO_RUN)
            return
        dialog = ExportDialog(self._window, dark=dark)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted_with.connect(self._on_look_chosen)
        dialog.open()

    def _on_look_chosen(self, visible: bool, width_px: int, height_px: int, scale: int, dark: bool) -> None:
        self.ask_where(PictureLook(self._extent(visible=visible), width_px, height_px or None, scale, dark))

    def ask_where(self, look: PictureLook) -> None:
        """Ask where to export to, and write it there. look: of a picture."""
        run = self._document.run
        if run is not None:
            name = exporting.default_name(run.timeline)
            self._ask_and_write("Export the timeline", name, exporting.FILE_FILTER, look)

    def save_run(self) -> None:
        """Ask where to, and save the run itself."""
        run = self._document.run
        if run is None:
            self.done.emit(NO_RUN)
            return
        name = str(Path(exporting.default_name(run.timeline)).with_suffix(".procession"))
        self._ask_and_write("Save the run", name, "Saved run (*.procession)", PictureLook())

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
        0 for the height that the lanes need. True when the file was written."""
        if what not in ("all", "visible"):
            self.failed.emit(f"What can be exported is all or visible, not {what!r}.", "")
            return False
        extent = self._extent(visible=what == "visible" and self._document.run is not None)
        width_px, height_px = size or (None, None)
        return self._write(path, PictureLook(extent, width_px, height_px or None, scale, dark))

    @property
    def writing(self) -> bool:
        """Whether a job is writing a file."""
        return self._job.running

    def end(self) -> None:
        """Let go of the file that is being written, for good. The one that was there before stays."""
        self._job.close()

    def write_file(self, path: Path, look: PictureLook) -> None:
        """Write the file that the user chose: a picture at once, anything else by a job. look: of a picture."""
        run = self._document.run
        if self._job.running:
            self.done.emit(f"{self._path.name} is still being written.")
            return
        try:
            if run is None or exporting.is_picture(path):
                self._write(path, look)
                return
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return
        timeline, folder = run.timeline.snapshot(), run.folder

        def write(job: JobThread) -> None:
            exporting.export_timeline(timeline, path, folder=folder, progress=job.progress)

        self._path = path
        self._job.start(f"Writing {path.name}", write, "The file could not be written")

    def _ask_and_write(self, title: str, name: str, kinds: str, look: PictureLook) -> None:
        path, kind = QFileDialog.getSaveFileName(self._window, title, str(self._settings.folder / name), kinds)
        path = with_suffix(path, kind)
        if path:
            self._settings.know_folder(path)
            self.write_file(Path(path), look)

    def _on_written(self) -> None:
        self.done.emit(f"Saved {self._path}")

    def _on_cancelled(self) -> None:
        self.done.emit(f"{self._path.name} was not written: what was there before is as it was.")

    def _extent(self, *, visible: bool) -> "PictureExtent | None":
        return self._visible() if visible and self._visible is not None else None

    def _write(self, path: str | Path, look: PictureLook) -> bool:
        run = self._document.run
        if run is None:
            self.done.emit(NO_RUN)
            return False
        try:
            exporting.export_timeline(run.timeline, Path(path), folder=run.folder, look=look)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
            return False
        self.done.emit(f"Saved {path}")
        return True

    def copy_picture(self) -> None:
        """Put the picture of the whole run on the clipboard."""
        self._copy(PictureLook())

    def copy_visible(self) -> None:
        """Put a picture of the visible lanes and time on the clipboard."""
        self._copy(PictureLook(self._extent(visible=True)))

    def _copy(self, look: PictureLook) -> None:
        run = self._document.run
        if run is None:
            self.done.emit(NO_RUN)
            return
        try:
            QApplication.clipboard().setImage(picture_image(run.timeline, look=look))
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        else:
            self.done.emit("The picture is on the clipboard.")

    def save_code(self, text: str) -> None:
        """Ask where to, and write the plan's script."""
        name = str(self._settings.folder / "plan.py")
        path, kind = QFileDialog.getSaveFileName(self._window, "Save the script", name, "Python (*.py)")
        path = with_suffix(path, kind)
        if not path:
            return
        self._settings.know_folder(path)
        try:
            exporting.write_text(Path(path), text)
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        else:
            self.done.emit(f"Saved {path}")
