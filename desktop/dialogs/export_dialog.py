"""Asks what to export: the whole run or its visible part, in which size and colours. The window's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.export.pictures import LEAST_SIDE_PX, MOST_SIDE_PX, SCALES
from desktop.look.palette import DARK, LIGHT
from desktop.widgets.note import Note

WIDTH_PX = 1200


class ExportDialog(QDialog):
    """accepted_with: whether only the visible part, width and height (0: as the lanes need), scale of a PNG, dark colours."""

    accepted_with = Signal(bool, int, int, int, bool)

    def __init__(self, window: QWidget, *, dark: bool, what: str = "timeline") -> None:
        """what: the thing that is exported. Only a timeline can be exported as anything but a picture."""
        super().__init__(window)
        self.setObjectName("export_dialog")
        self.setWindowTitle(f"Export the {what}")
        self._whole = QRadioButton("The &whole run, every lane")
        self._whole.setObjectName("export_all")
        self._visible = QRadioButton("The &visible part: these lanes, this part of the time")
        self._visible.setObjectName("export_visible")
        self._whole.setChecked(True)
        self._what = QButtonGroup(self)
        self._what.addButton(self._whole)
        self._what.addButton(self._visible)
        self._width = _sides("export_width", "Width of the picture in pixels", LEAST_SIDE_PX)
        self._width.setValue(WIDTH_PX)
        self._height = _sides("export_height", "Height of the picture in pixels", LEAST_SIDE_PX - 1)
        self._height.setSpecialValueText("as the lanes need")
        self._height.setValue(LEAST_SIDE_PX - 1)
        self._scale = QComboBox()
        self._scale.setObjectName("export_scale")
        self._scale.setAccessibleName("Pixels of a PNG for one of the picture's")
        for scale in SCALES:
            self._scale.addItem(f"{scale}×", scale)
        self._scale.setCurrentIndex(SCALES.index(2))
        self._colours = QComboBox()
        self._colours.setObjectName("export_colours")
        self._colours.setAccessibleName("Colours of the picture")
        self._colours.addItems(["Light", "Dark"])
        self._colours.setCurrentIndex(int(dark))
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow(self._whole)
        form.addRow(self._visible)
        form.addRow("W&idth", self._width)
        form.addRow("&Height", self._height)
        form.addRow("&PNG pixels", self._scale)
        form.addRow("&Colours", self._colours)
        sharp = "SVG and PDF are drawings and sharp at every size."
        note = Note(f"{sharp} A table, a trace and a saved run are always whole." if what == "timeline" else sharp)
        note.set_palette(DARK if dark else LIGHT)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        save = buttons.addButton("&Choose the file…", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setObjectName("export_choose")
        save.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._on_accepted)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(buttons)

    def _on_accepted(self) -> None:
        height = 0 if self._height.value() < LEAST_SIDE_PX else self._height.value()
        self.accepted_with.emit(self._visible.isChecked(), self._width.value(), height, self._scale.currentData(),
                                self._colours.currentIndex() == 1)  # fmt: skip


def _sides(name: str, accessible: str, least: int) -> QSpinBox:
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setRange(least, MOST_SIDE_PX)
    field.setSingleStep(100)
    field.setSuffix(" px")
    return field
