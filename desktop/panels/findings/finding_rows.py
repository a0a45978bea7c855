"""The findings of a run as a table model. The window's thread."""

import html
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QIcon

from desktop.facts.call_facts import called_at
from desktop.facts.formatting import format_moment
from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, DISPLAY, RecordRows, TableIndex
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.timeline import Timeline

HEADS = ("Severity", "Time", "Finding", "Where")
TEXT = HEADS.index("Finding")
_TIME, WHERE = HEADS.index("Time"), HEADS.index("Where")
_WORDS = {Severity.PROBLEM: "Problem", Severity.ADVICE: "Advice", Severity.INFO: "Note"}
_ICONS = {Severity.PROBLEM: Icon.PROBLEM, Severity.ADVICE: Icon.ADVICE, Severity.INFO: Icon.INFO}


def severity_icon(severity: Severity, palette: Palette) -> QIcon:
    """The sign of a severity, in its colour."""
    colours = {Severity.PROBLEM: palette.bad_text, Severity.ADVICE: palette.join, Severity.INFO: palette.quiet}
    return make_icon(_ICONS[severity], palette, colours[severity])


class FindingRows(RecordRows):
    """One row a finding, in the order of the findings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, (_TIME,), parent)
        self._timeline: Timeline | None = None
        self._rows: list[Finding] = []
        self._cells: list[tuple[str, ...]] = []
        self._colours: dict[Severity, QColor] = {}
        self._icons: dict[Severity, QIcon] = {}
        self.set_palette(LIGHT)

    def show(self, timeline: Timeline | None, found: list[Finding]) -> bool:
        """Show these findings. Returns whether they differ from those before."""
        if timeline is self._timeline and found == self._rows:
            self._rows = found  # their evidence may have grown
            return False
        self.beginResetModel()
        self._timeline, self._rows = timeline, found
        self._cells = [] if timeline is None else [_cells(timeline, finding) for finding in found]
        self.endResetModel()
        return True

    def set_palette(self, palette: Palette) -> None:
        """Colour the icons and words of severity."""
        colours = {Severity.PROBLEM: palette.bad_text, Severity.ADVICE: palette.text, Severity.INFO: palette.quiet}
        self._colours = {severity: QColor(colour) for severity, colour in colours.items()}
        self._icons = {severity: severity_icon(severity, palette) for severity in Severity}
        self._changed()

    @property
    def findings(self) -> list[Finding]:
        """What is listed."""
        return self._rows

    def finding(self, row: int) -> Finding:
        """The finding in this row."""
        return self._rows[row]

    def cells(self, row: int) -> Sequence[str]:
        """The texts of a row."""
        return self._cells[row]

    def _place(self, finding: Finding) -> str:
        where = "" if self._timeline is None else _where(self._timeline, finding)
        if self._timeline is None or finding.call is None or not where:
            return where
        return f"{self._timeline.call(finding.call).name}() at {where}"

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, colour or icon of a cell."""
        severity = self._rows[index.row()].severity
        if role == DISPLAY:
            text = self._cells[index.row()][index.column()]
            return text.rpartition("/")[2] if index.column() == WHERE else text
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == WHERE:
            return f'<p style="white-space:pre">{html.escape(self._place(self._rows[index.row()]))}</p>'
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if index.column() == 0:
            if role == Qt.ItemDataRole.DecorationRole:
                return self._icons[severity]
            if role == Qt.ItemDataRole.ForegroundRole:
                return self._colours[severity]
        return None


def _cells(timeline: Timeline, finding: Finding) -> tuple[str, ...]:
    moment = "" if finding.at_ns is None else format_moment(finding.at_ns)
    return _WORDS[finding.severity], moment, visible(finding.text), _where(timeline, finding)


def _where(timeline: Timeline, finding: Finding) -> str:
    """The line of the call that a finding is about, or of its own; empty where none is known."""
    if finding.call is not None:
        return called_at(timeline, timeline.call(finding.call))
    return f"{visible(finding.file)}:{finding.line}" if finding.file and finding.line else ""
