"""The amount of work of one worker: a logarithmic slider and a text field for the same number, and an estimate.

The window's thread.
"""

import math

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
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
_SMALL = 0.86
"""The letters of an estimate, beside usual ones."""


def least_size(unit: SizeUnit) -> int:
    """The amount at the left end of a slider. Its right end is ten thousand times as much."""
    return _LEAST[unit]


def size_at(position: int, unit: SizeUnit) -> int:
    """The amount at a position of a slider, to two digits."""
    exact = least_size(unit) * 10 ** (position / _DECADE)
    digit = 10 ** (math.floor(math.log10(exact)) - 1)
    return int(round(exact / digit) * digit)


def position_of(size: int, unit: SizeUnit) -> int:
    """The position of a slider for an amount; one of its ends for an amount beyond them."""
    exact = round(_DECADE * math.log10(max(size, 1) / least_size(unit)))
    return min(max(exact, 0), _DECADE * _DECADES)


def in_proportion(size: int, factor: float, unit: SizeUnit) -> int:
    """A size so many times as large, to two digits, within the ends of a slider."""
    wanted = min(max(size * factor, least_size(unit)), least_size(unit) * 10**_DECADES)
    digit = 10 ** max(0, math.floor(math.log10(wanted)) - 1)
    return int(round(wanted / digit) * digit)


class SizeRow(QObject):
    """The controls of one size, in a row of a grid: label, slider, text field, estimate.

    changed: the user changed the size or its text.
    slid: whether the last change was one of the slider. slid_from: the size before it.
    """

    changed = Signal()

    def __init__(self, name: str, spoken: str, label: str, size: int, beside: QWidget | None = None) -> None:
        """name: the object name of the text field. spoken: its name for a screen reader. label: with its key. beside: a widget
        in place of the estimate."""
        super().__init__()
        self._unit = SizeUnit.NUMBERS
        self._size = size
        self.slid, self.slid_from = False, size
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
        self.label.setBuddy(self.field)
        self._estimate: Note | None = None
        if beside is None:
            beside = self._estimate = _small_note()
        self._beside = beside
        self._show_size()
        self.fit_letters(self.field.font())
        self.slider.valueChanged.connect(self._on_slid)
        self.field.textEdited.connect(self._on_typed)
        self.field.editingFinished.connect(self._on_typing_finished)

    def fit_letters(self, font: QFont) -> None:
        """Be as large as these letters."""
        self.field.setFixedWidth(QFontMetrics(font).horizontalAdvance("12.5 MB") + 18)
        if self._estimate is not None:
            small = QFont(font)
            small.setPointSizeF(font.pointSizeF() * _SMALL) if font.pointSizeF() > 0 else small.setPixelSize(
                round(font.pixelSize() * _SMALL)
            )
            self._estimate.setFont(small)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put the controls into this row of a grid."""
        for column, widget in enumerate((self.label, self.slider, self.field, self._beside)):
            grid.addWidget(widget, row, column)

    @property
    def size(self) -> int:
        """The amount. Raises PlanError with a sentence if the text is not an amount."""
        if self._error:
            raise PlanError(self._error)
        return self._size

    @property
    def error(self) -> str:
        """What is wrong with the text; empty if nothing is."""
        return self._error

    def set_size(self, size: int) -> None:
        """Show this amount, without emitting `changed`."""
        self._size = size
        self._show_size()

    def show_estimate(self, text: str, tone: Tone) -> None:
        """Show this estimate beside the size."""
        if self._estimate is not None:
            self._estimate.say(text, tone)

    def set_mixed(self) -> None:
        """Show that the sizes of the workers differ."""
        self._error = ""
        self.field.clear()
        self.field.setPlaceholderText("mixed")
        self._mark()

    def set_unit(self, unit: SizeUnit) -> None:
        """Count in this unit. The amount stays the same number."""
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
        self.slid, self.slid_from = True, self._size
        self._size = size_at(position, self._unit)
        self._show_size()
        self.changed.emit()

    def _on_typed(self, text: str) -> None:
        self.slid = False
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
        # The value of the slider is a position; a screen reader should read the amount.
        self.slider.setAccessibleDescription(f"{format_size(self._size, self._unit)} {self._unit}")

    def _mark(self) -> None:
        """Show in the field whether its text can be used."""
        mark_field(self.field, self._error, self._palette)


def _small_note() -> Note:
    note = Note(wrap=False)
    note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return note
