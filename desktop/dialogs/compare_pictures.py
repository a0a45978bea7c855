"""Exports and copies pictures of a comparison. The window's thread."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop.chart.pictures.pair_picture import PairPicture
from desktop.dialogs.export_dialog import ExportDialog
from desktop.export import exporting
from desktop.export.exporting import with_suffix
from desktop.export.pictures import PictureLook, image_of
from desktop.settings import Settings
from desktop.trouble.trouble import make_dialog
from workers.errors import ProcessionError

Paint = Callable[[], PairPicture]
"""Makes the picture of both runs. May raise ProcessionError."""


class ComparePictures(QObject):
    """chosen: where to export to (str), the PictureLook, and whether only the lanes and the time in view are wanted.
    said: one sentence on what was saved or copied. Errors are shown in a dialog."""

    chosen = Signal(str, object, bool)
    said = Signal(str)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._settings = settings

    def ask(self, *, dark: bool) -> None:
        """Ask what to export and where to. dark: whether the window is."""
        dialog = ExportDialog(self._window(), dark=dark, what="comparison")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted_with.connect(self._on_look_chosen)
        dialog.open()

    def write(self, paint: Paint, path: str | Path, look: PictureLook) -> bool:
        """Write a picture to `path`, by its suffix. True when it was written; an error is shown otherwise."""
        try:
            exporting.export_picture(paint(), Path(path), look)
        except ProcessionError as error:
            self._show_error(str(error))
            return False
        self.said.emit(f"Saved {path}")
        return True

    def copy(self, paint: Paint) -> None:
        """Put a picture on the clipboard."""
        try:
            QApplication.clipboard().setImage(image_of(paint(), PictureLook()))
        except ProcessionError as error:
            self._show_error(str(error))
        else:
            self.said.emit("The picture is on the clipboard.")

    def _on_look_chosen(self, visible: bool, width_px: int, height_px: int, scale: int, dark: bool) -> None:
        name = str(self._settings.folder / "comparison.png")
        path, kind = QFileDialog.getSaveFileName(
            self._window(), "Export the comparison", name, exporting.PICTURE_FILTER
        )
        path = with_suffix(path, kind)
        if path:
            self._settings.know_folder(path)
            self.chosen.emit(path, PictureLook(None, width_px, height_px or None, scale, dark), visible)

    def _window(self) -> QWidget:
        # Kept as an attribute, the window would stay in memory after it is closed, until a garbage collection.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    def _show_error(self, sentence: str) -> None:
        dialog = make_dialog(self._window(), sentence, "")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
