"""A short text beside or under a control: plain, quiet or a warning. The window's thread."""

from enum import Enum

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.cut_label import CutLabel


class Tone(Enum):
    """How much a note stands out."""

    PLAIN = "plain"
    QUIET = "quiet"
    BAD = "bad"


class Note(CutLabel):
    """A label of literal text, in the palette's colour for its tone."""

    _palette, _tone = LIGHT, Tone.QUIET  # Qt changes a label's style while it is made

    def __init__(self, text: str = "", tone: Tone = Tone.QUIET, *, wrap: bool = True) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self._palette = LIGHT
        self._tone = tone
        self._recolour()

    @property
    def tone(self) -> Tone:
        """The current tone."""
        return self._tone

    def say(self, text: str, tone: Tone) -> None:
        """Show this text in this tone."""
        self.setText(text)
        if tone is not self._tone:
            self._tone = tone
            self._recolour()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the colour: when the application's style sheet changes, as with letters of another size, Qt gives the widget the
        palette that it had first."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._recolour()

    def _recolour(self) -> None:
        colour = {Tone.PLAIN: self._palette.text, Tone.QUIET: self._palette.quiet, Tone.BAD: self._palette.bad_text}
        colours, wanted = self.palette(), QColor(colour[self._tone])
        if colours.color(QPalette.ColorRole.WindowText) != wanted:
            colours.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(colours)


def recolour_notes(parent: QWidget, palette: Palette) -> None:
    """Give every note inside `parent` the palette's colours."""
    for note in parent.findChildren(Note):
        note.set_palette(palette)
