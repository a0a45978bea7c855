"""The Comparison panel: how two runs differ, in sentences and in a table of figures. The window's thread."""

import math
import time

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTextEdit, QVBoxLayout, QWidget

from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.comparison.figure_rows import HEADS, SAMPLES, FigureRows
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import Note, recolour_notes
from desktop.widgets.record_table import CELL_PX, RecordTable
from workers.analysis.comparison import compare
from workers.analysis.figures import Comparison
from workers.report.comparison_sentences import NOTE, sentences
from workers.timeline.timeline import Timeline

_EVERY_S = 0.5
_SHARE = 0.02
"""The largest share of the window's time that comparing a live run may take."""
_MOST_S = 0.1
"""A live run that takes longer to compare is compared again only when it has ended, so that the window does not freeze."""
_GAP_PX = 7


class ComparisonPanel(QWidget):
    """How two runs differ.

    chosen: the user chose a figure of a process (its ids in A and in B, None where it has none). said: one sentence on what
    was done.
    """

    chosen = Signal(object, object)
    said = Signal(str)

    def __init__(self, a: Timeline, b: Timeline) -> None:
        super().__init__()
        self._a, self._b = a, b
        self._next_s = 0.0
        self._final = False
        self._comparison: Comparison | None = None
        self._sentences: list[str] = []
        self._palette = LIGHT
        self._words = QTextEdit()
        self._words.setObjectName("comparison_words")
        self._words.setAccessibleName("How the runs differ")
        self._words.setReadOnly(True)
        self._words.setTabChangesFocus(True)
        self._words.setFrameShape(QTextEdit.Shape.NoFrame)
        self._words.document().setDocumentMargin(10)
        self._rows = FigureRows(self)
        self._table = RecordTable("comparison_figures", "Figures of both runs", self._rows)
        self._table.setAlternatingRowColors(True)
        self._table.make_sortable()
        self._table.fit_columns(SAMPLES, head_px=CELL_PX)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._note = Note(wrap=False)
        self._note.setObjectName("comparison_note")
        self._note.setMinimumWidth(1)
        self._copy = QPushButton("Cop&y all")
        self._copy.setObjectName("comparison_copy")
        self._copy.setToolTip("Copy the sentences and the figures as text")
        self._copy.setAutoDefault(False)
        self._lay_out()
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self._copy.clicked.connect(self.copy_all)
        self.set_palette(LIGHT)
        self.refresh()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 5, 8, 5)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._copy)
        figures = QWidget()
        below = QVBoxLayout(figures)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addLayout(bar)
        below.addWidget(self._table, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._words)
        split.addWidget(figures)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.setSizes([330, 370])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    @property
    def comparison(self) -> Comparison:
        """The comparison that is shown."""
        assert self._comparison is not None
        return self._comparison

    def refresh(self) -> None:
        """Compare again. While a run is still running, this happens only now and then."""
        now_s = time.monotonic()
        ended = self._a.ended and self._b.ended
        if self._final or (not ended and now_s < self._next_s):
            return
        self._comparison = compare(self._a, self._b)
        self._final = ended
        took_s = time.monotonic() - now_s
        self._next_s = now_s + max(_EVERY_S, took_s / _SHARE) if took_s < _MOST_S else math.inf
        self._rows.show(self._comparison)
        now = sentences(self._comparison)
        if now != self._sentences:
            self._sentences = now
            self._write()
        left = self._comparison.names_left_out
        more = f"; {left:,} more names are not shown" if left else ""
        self._note.setText(f"{self._rows.rowCount():,} figures; those of workers are medians{more}")

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self._copy.setIcon(make_icon(Icon.COPY, palette))
        self._write()
        recolour_notes(self, palette)

    def copy(self) -> None:
        """Copy the chosen figures as tab-separated text under a header, or all when none is chosen."""
        self._put(self._table.chosen_rows(), [])

    def copy_all(self) -> None:
        """Copy the sentences and all figures."""
        self._put([], [*self._sentences, NOTE, ""])

    def _put(self, rows: list[int], before: list[str]) -> None:
        lines = [self._rows.cells(row) for row in rows or range(self._rows.rowCount())]
        copy_text("".join(f"{line}\n" for line in before) + table_text(HEADS, lines))
        self.said.emit("The comparison is on the clipboard." if before else copied(len(lines), "figure", "figures"))

    def _write(self) -> None:
        """Write the sentences, and below them the note on how far to trust them."""
        self._words.clear()
        apart, quiet, plain = QTextBlockFormat(), QTextCharFormat(), QTextCharFormat()
        apart.setBottomMargin(_GAP_PX)
        quiet.setForeground(QColor(self._palette.quiet))
        plain.setForeground(QColor(self._palette.text))
        writing = QTextCursor(self._words.document())
        for at, sentence in enumerate([*self._sentences, NOTE]):
            if at:
                writing.insertBlock()
            writing.setBlockFormat(apart)
            writing.insertText(sentence, quiet if sentence is NOTE else plain)
        self._words.moveCursor(QTextCursor.MoveOperation.Start)  # writing moved the cursor to the end

    def _on_chosen(self, index: QModelIndex) -> None:
        at = self._rows.figure(index.row()).pair
        if at is not None:
            pair = self.comparison.pairs[at]
            self.chosen.emit(pair.a, pair.b)
