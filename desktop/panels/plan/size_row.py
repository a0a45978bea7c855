"""One worker's amount of work: a logarithmic slider and a text field that say the same, with an estimate beside them.

The window's thread.
"""

import math

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSlider, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.bad_field import mark_field
from desktop.widgets.note import Note, Tone
from workers.errors import PlanError
from workers.plan.sizes import SizeUnit, format_size, parse_size

_DECADE = 100
"""Slider positions for each factor of ten."""

_LEAST = {SizeUnit.NUMBERS: 10_000, SizeUnit.MICROSECONDS: 10_000, SizeUnit.BYTES: 1_000_000}
_DECADES = 4


def least_size(unit: SizeUnit) -> int:
    """The amount at a slider's left end; its right end is ten thousand times as much."""
    return _LEAST[unit]


def size_at(position: int, unit: SizeUnit) -> int:
    """The amount that a slider's position stands for, to two digits."""
    exact = least_size(unit) * 10 ** (position / _DECADE)
    digit = 10 ** (math.floor(math.log10(exact)) - 1)
    return int(round(exact / digit) * digit)


def position_of(size: int, unit: SizeUnit) -> int:
    """The slider's position for an amount; an end of the slider for what lies beyond it."""
    exact = round(_DECADE * math.log10(max(size, 1) / least_size(unit)))
    return min(max(exact, 0), _DECADE * _DECADES)


class SizeRow(QObject):
    """The controls of one size, put into a row of a grid: label, slider, text field, estimate.

    changed: a person changed the size or its text.
    """

    changed = Signal()

    def __init__(self, name: str, spoken: str, label: str, size: int, beside: QWidget | None = None) -> None:
        """name: the text field's object name. spoken: what a screen reader calls it. label: with its mnemonic. beside:
        what stands in the estimate's place."""
        super().__init__()
        self._unit = SizeUnit.NUMBERS
        self._size = size
        self._error = ""
        self._palette = LIGHT
        self.label = QLabel(label)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}_slider")
        self.slider.setAccessibleName(f"{spoken}, slider")
        self.slider.setRange(0, _DECADE * _DECADES)
        self.slider.setSingleStep(_DECADE // 10)
        self.slider.setPageStep(_DECADE)
        self.slider.setMinimumWidth(50)
        self.field = QLineEdit()
        self.field.setObjectName(name)
        self.field.setAccessibleName(spoken)
        self.field.setFixedWidth(self.field.fontMetrics().horizontalAdvance("12.5 MB") + 18)
        self.label.setBuddy(self.field)
        self._estimate: Note | None = None
        if beside is None:
            beside = self._estimate = _small_note()
        self._beside = beside
        self._show_size()
        self.slider.valueChanged.connect(self._on_slid)
        self.field.textEdited.connect(self._on_typed)
        self.field.editingFinished.connect(self._on_typing_finished)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put the controls into this row of a grid."""
        for column, widget in enumerate((self.label, self.slider, self.field, self._beside)):
            grid.addWidget(widget, row, column)

    @property
    def size(self) -> int:
        """The amount. Raises PlanError with the sentence to show when the text says none."""
        if self._error:
            raise PlanError(self._error)
        return self._size

    @property
    def error(self) -> str:
        """What is wrong with the text; empty when nothing is."""
        return self._error

    def set_size(self, size: int) -> None:
        """Take this amount, without a word to anybody."""
        self._size = size
        self._show_size()

    def show_estimate(self, text: str, tone: Tone) -> None:
        """Show this beside the size."""
        if self._estimate is not None:
            self._estimate.say(text, tone)

    def set_mixed(self) -> None:
        """Show that this row stands for several different sizes."""
        self._error = ""
        self.field.clear()
        self.field.setPlaceholderText("mixed")
        self._mark()

    def set_unit(self, unit: SizeUnit) -> None:
        """Count in this unit; the amount stays what it is, as far as the slider reaches."""
        if unit is not self._unit:
            self._unit = unit
            self._show_size()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        for widget in (self.label, self.slider, self.field, self._beside):
            widget.setVisible(visible)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        if self._estimate is not None:
            self._estimate.set_palette(palette)
        self._mark()

    def _on_slid(self, position: int) -> None:
        self._size = size_at(position, self._unit)
        self._show_size()
        self.changed.emit()

    def _on_typed(self, text: str) -> None:
        try:
            self._size = parse_size(text, self._unit)
            self._error = ""
        except PlanError as error:
            self._error = str(error)
        self._move_slider()
        self._mark()
        self.changed.emit()

    def _on_typing_finished(self) -> None:
        if not self._error and self.field.text():
            self._show_size()

    def _show_size(self) -> None:
        self._error = ""
        text = format_size(self._size, self._unit)
        if self.field.text() != text:
            self.field.setText(text)
        self._move_slider()
        self._mark()

    def _move_slider(self) -> None:
        if not self._error:
            self.slider.blockSignals(True)
            self.slider.setValue(position_of(self._size, self._unit))
            self.slider.blockSignals(False)
        # The slider's own value is a position; this is what it means.
        self.slider.setAccessibleDescription(f"{format_size(self._size, self._unit)} {self._unit}")

    def _mark(self) -> None:
        """Show in the field that its text cannot be used."""
        mark_field(self.field, self._error, self._palette)


def _small_note() -> Note:
    note = Note(wrap=False)
    font = note.font()
    font.setPointSizeF(font.pointSizeF() * 0.86)
    note.setFont(font)
    note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return note
