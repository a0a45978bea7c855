"""The findings of a run as a table model. The window's thread."""

import html
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from desktop.facts.call_facts import called_at
from desktop.facts.formatting import format_moment
from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.timeline import Timeline

HEADS = ("Severity", "Time", "Finding", "Where")
TEXT = HEADS.index("Finding")
_TIME, _WHERE = HEADS.index("Time"), HEADS.index("Where")
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)

_Index = QModelIndex | QPersistentModelIndex
_WORDS = {Severity.PROBLEM: "Problem", Severity.ADVICE: "Advice", Severity.INFO: "Note"}
_ICONS = {Severity.PROBLEM: Icon.PROBLEM, Severity.ADVICE: Icon.ADVICE, Severity.INFO: Icon.INFO}


class FindingRows(QAbstractTableModel):
    """One row a finding, in their own order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._rows: list[Finding] = []
        self._cells: list[tuple[str, ...]] = []
        self._colours: dict[Severity, QColor] = {}
        self._icons: dict[Severity, QIcon] = {}
        self.set_palette(LIGHT)

    def show(self, timeline: Timeline | None, found: list[Finding]) -> bool:
        """Show these. Whether they are other ones than before."""
        if timeline is self._timeline and found == self._rows:
            return False
        self.beginResetModel()
        self._timeline, self._rows = timeline, found
        self._cells = [] if timeline is None else [_cells(timeline, finding) for finding in found]
        self.endResetModel()
        return True

    def set_palette(self, palette: Palette) -> None:
        """Colour the signs and words of severity."""
        colours = {Severity.PROBLEM: palette.bad_text, Severity.ADVICE: palette.text, Severity.INFO: palette.quiet}
        self._colours = {severity: QColor(colour) for severity, colour in colours.items()}
        signs = {**colours, Severity.ADVICE: palette.join}
        self._icons = {severity: make_icon(_ICONS[severity], palette, colour) for severity, colour in signs.items()}
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(HEADS) - 1))

    def finding(self, row: int) -> Finding:
        """The finding in this row."""
        return self._rows[row]

    def text_of(self, row: int) -> str:
        """A row as tab-separated text."""
        return "\t".join(self._cells[row])

    def _place(self, finding: Finding) -> str:
        if self._timeline is None or finding.call is None:
            return ""
        call = self._timeline.call(finding.call)
        where = called_at(self._timeline, call)
        return f"{call.name}() at {where}" if where else ""

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many findings there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Severity, time, sentence and place."""
        return 0 if parent is not None and parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the columns are."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return _alignment(section) if role == _ALIGNMENT else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, colour or sign."""
        severity = self._rows[index.row()].severity
        if role == Qt.ItemDataRole.DisplayRole:
            text = self._cells[index.row()][index.column()]
            return text.rpartition("/")[2] if index.column() == _WHERE else text
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _WHERE:
            return f'<p style="white-space:pre">{html.escape(self._place(self._rows[index.row()]))}</p>'
        if role == _ALIGNMENT:
            return _alignment(index.column())
        if index.column() == 0:
            if role == Qt.ItemDataRole.DecorationRole:
                return self._icons[severity]
            if role == Qt.ItemDataRole.ForegroundRole:
                return self._colours[severity]
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Times stand at the right, as in every other table."""
    return _MIDDLE | (Qt.AlignmentFlag.AlignRight if column == _TIME else Qt.AlignmentFlag.AlignLeft)


def _cells(timeline: Timeline, finding: Finding) -> tuple[str, ...]:
    where = "" if finding.call is None else called_at(timeline, timeline.call(finding.call))
    moment = "" if finding.at_ns is None else format_moment(finding.at_ns)
    return _WORDS[finding.severity], moment, visible(finding.text), where
