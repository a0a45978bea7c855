"""The Findings panel: problems of a run and advice, in sentences, during the run and afterwards. The window's thread."""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.facts.selection import Selection
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.findings.finding_rows import HEADS, TEXT, WHERE, FindingRows
from desktop.panels.run_panel import RunPanel
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import Note, recolour_notes
from desktop.widgets.record_table import RecordTable
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding
from workers.timeline.timeline import Timeline

NO_RUN = "Problems in a run are listed here."
SO_FAR = "Nothing wrong so far."
NOTHING = "Nothing wrong was found."
OF_A_TRACE = "Findings are about recorded runs: a trace has none."

_EVERY_S = 0.5
_AIR_PX = 8
_ICON_PX = 26
_NARROW_PX = 560
_SURE_PX = 20
_SHARE = 0.02
"""The largest share of the window's time that looking for findings in a live run may take."""


class _SpacedRows(QStyledItemDelegate):
    """Space above and below a sentence, so that sentences of several lines are told apart."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The size of the text, and the space. Qt measures it without the padding of the style sheet, and cuts its end."""
        size = super().sizeHint(option, index)
        view = option.widget
        if index.column() == TEXT and isinstance(view, RecordTable):
            margin = view.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, view) + 1
            width = max(1, view.columnWidth(TEXT) - 2 * margin - _SURE_PX)
            flags = Qt.TextFlag.TextWordWrap.value
            text = view.fontMetrics().boundingRect(0, 0, width, 1 << 20, flags, str(index.data())).size()
            size = size.expandedTo(QSize(0, text.height()))
        return size + QSize(0, _AIR_PX)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """A place that is cut keeps its line number."""
        super().initStyleOption(option, index)
        if index.column() == WHERE:
            option.textElideMode = Qt.TextElideMode.ElideMiddle


class FindingsPanel(RunPanel):
    """What is wrong in the run.

    evidence_asked: the user chose a finding, to see its evidence: the finding, and the number of the evidence. To choose the
    same finding again is to ask for the next one. found: the findings may have changed.
    """

    evidence_asked = Signal(object, int)
    found = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._timeline: Timeline | None = None
        self._next_s = 0.0
        self._final = False
        self._shown: Finding | None = None
        self._number = 0
        self._rows = FindingRows(self)
        self._table = RecordTable("findings", "Findings", self._rows)
        self._table.setWordWrap(True)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.setItemDelegate(_SpacedRows(self._table))
        self._table.setIconSize(QSize(16, 16))
        self._table.fit_columns(("Problem", "1,234.567 s", "", "four_sorters.py:123"))
        self._table.widen(0, _ICON_PX)
        self._table.horizontalHeader().setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        # Qt fits the rows to widths that the columns have before a narrower table has been laid out.
        self._fits = QTimer(self)
        self._fits.setSingleShot(True)
        self._fits.timeout.connect(self._table.resizeRowsToContents)
        self._table.horizontalHeader().sectionResized.connect(self._on_resized)
        self._note = Note(wrap=False)
        self._note.setObjectName("findings_note")
        self._note.setMinimumWidth(1)
        self._copy = QPushButton("Copy a&ll")
        self._copy.setObjectName("findings_copy")
        self._copy.setToolTip("Copy the findings as text")
        self._copy.setIconSize(QSize(16, 16))
        self._copy.setAutoDefault(False)
        self._empty = Note(NO_RUN)
        self._empty.setObjectName("findings_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self._copy.clicked.connect(self.copy_all)
        self.set_palette(LIGHT)
        self._say()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._copy)
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(bar)
        inside.addWidget(self._table, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(listed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sentences room in a narrow window: most of them have their place."""
        super().resizeEvent(event)
        self._table.setColumnHidden(WHERE, self.width() < _NARROW_PX)

    def _on_resized(self) -> None:
        self._fits.start(0)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's findings; None empties the panel."""
        self._timeline = timeline
        self._next_s, self._final = 0.0, False
        self._shown = None
        self.refresh()

    def refresh(self) -> None:
        """Look for findings again. While the run is still running, this happens only now and then."""
        timeline = self._timeline
        now_s = time.monotonic()
        if self._final or (timeline is not None and not timeline.ended and now_s < self._next_s):
            return
        found = [] if timeline is None else findings(timeline)
        self._final = timeline is None or timeline.ended
        took_s = time.monotonic() - now_s
        self._next_s = now_s + max(_EVERY_S, took_s / _SHARE)
        before = self._rows.rowCount()
        row = self._table.currentIndex().row()
        chosen = self._rows.finding(row) if 0 <= row < before else None
        if self._rows.show(timeline, found):
            if chosen in found:
                self._table.selectRow(found.index(chosen))
            if len(found) != before:
                self.counted.emit(len(found))
        self._say()
        self.found.emit()

    @property
    def findings(self) -> list[Finding]:
        """What is listed."""
        return self._rows.findings

    def choose(self, finding: Finding) -> None:
        """Choose a finding, as the user does in the list."""
        if finding in self.findings:
            row = self.findings.index(finding)
            self._table.selectRow(row)
            self._table.scrollTo(self._rows.index(row, TEXT))
            self._ask(finding)

    def choose_next(self) -> None:
        """Choose the finding after the chosen one, the first one after the last."""
        if self.findings:
            row = self._table.currentIndex().row() if self._table.chosen_rows() else -1
            self.choose(self.findings[(row + 1) % len(self.findings)])

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        self._copy.setIcon(make_icon(Icon.COPY, palette))
        recolour_notes(self, palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Let go of the chosen finding: something else is selected."""
        self._shown = None
        self._table.clearSelection()

    def copy(self) -> None:
        """Copy the chosen findings as text, or all when none is chosen."""
        self._put(self._table.chosen_rows())

    def copy_all(self) -> None:
        """Copy all findings as text."""
        self._put([])

    def _put(self, rows: list[int]) -> None:
        lines = [self._rows.cells(row) for row in rows or range(self._rows.rowCount())]
        if lines:
            copy_text(table_text(HEADS, lines))
            self.said.emit(copied(len(lines), "finding", "findings"))

    def _on_chosen(self, index: QModelIndex) -> None:
        self._ask(self._rows.finding(index.row()))

    def _ask(self, finding: Finding) -> None:
        self._number = self._number + 1 if finding == self._shown else 0
        self._shown = finding
        self.evidence_asked.emit(finding, self._number)

    def _say(self) -> None:
        timeline, count = self._timeline, self._rows.rowCount()
        self._pages.setCurrentIndex(1 if count else 0)
        if not count:
            began = timeline is not None and timeline.program is not None and timeline.program.began
            if timeline is not None and timeline.imported is not None:
                self._empty.setText(OF_A_TRACE)
            else:
                self._empty.setText(NO_RUN if timeline is None or not began else NOTHING if timeline.ended else SO_FAR)
            return
        so_far = "" if timeline is None or timeline.ended else " so far"
        self._note.setText(f"{'1 finding' if count == 1 else f'{count} findings'}{so_far}")
