"""The line above one of two timelines: its run, and a note on its axis. The window's thread."""

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.facts.visible_text import visible
from desktop.look.palette import Palette
from desktop.widgets.note import Note, Tone

_HEIGHT_PX, _LETTER_PX = 30, 20


class RunHead(QWidget):
    """A letter, the title of the run, cut where it is too long, and a note."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT_PX)
        self._letter = QLabel(letter)
        self._letter.setFixedSize(_LETTER_PX, _LETTER_PX)
        self._letter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = Note(tone=Tone.PLAIN, wrap=False)
        self._title.setObjectName(f"compare_title_{letter.lower()}")
        self._title.setAccessibleName(f"Run {letter}")
        self._title.setAccessibleDescription("The title of the run")  # else the markup of the tooltip is read aloud
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._note = Note(tone=Tone.PLAIN, wrap=False)
        self._note.setObjectName(f"compare_note_{letter.lower()}")
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 10, 0)
        line.setSpacing(8)
        line.addWidget(self._letter)
        line.addWidget(self._title, 1)
        line.addWidget(self._note)

    def say(self, title: str, note: str) -> None:
        """Show title and note. The tooltip has the whole title."""
        title = visible(title)
        if title != self._title.text():
            self._title.setText(title)
            self._title.setToolTip(f"<p>{html.escape(title)}</p>")
        if note != self._note.text():
            self._note.setText(note)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._letter.setStyleSheet(
            f"background: {palette.accent}; color: {palette.accent_text}; border-radius: 3px; font-weight: bold;"
        )
        self._title.set_palette(palette)
        self._note.set_palette(palette)
