"""Announces a new problem of the shown run: a bar above the timeline, the tab of findings, a screen reader. The window's
thread."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QIcon

from desktop.documents.document import Document
from desktop.look.palette import LIGHT, Palette
from desktop.panels.findings.finding_rows import severity_icon
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.widgets.notice_bar import NoticeBar
from desktop.window.window_layout import WindowLayout
from workers.analysis.findings.finding import Finding, Severity

_Key = tuple[str, tuple[int, ...], str, int]


class Announcing(QObject):
    """Says each problem once. While the bar shows one, its sentence is kept up to date."""

    def __init__(self, layout: WindowLayout, panel: FindingsPanel, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._layout = layout
        self._panel = panel
        self._palette = LIGHT
        self._told: set[_Key] = set()
        self._is_quiet = False
        self._current: _Key | None = None
        self.bar = NoticeBar("notice", "Show")
        self.bar.show_requested.connect(self.show)
        self.bar.closed.connect(self._on_closed)
        layout.put_above_chart(self.bar)
        panel.found.connect(self._on_found)
        document.leaving.connect(self._on_leaving)

    def show(self) -> None:
        """Show the problem in the list, and what shows it in the timeline."""
        finding = next((one for one in self._panel.findings if _key(one) == self._current), None)
        if finding is not None:
            self._layout.show_tab(self._panel)
            self._panel.choose(finding)

    def be_quiet(self, quiet: bool) -> None:
        """Say problems on the tab alone, without a bar: something else says what the run is about."""
        self._is_quiet = quiet
        if quiet:
            self._current = None
            self.bar.hide()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.bar.set_look(severity_icon(Severity.PROBLEM, palette), palette, palette.bad)
        self._colour_tab()

    def _on_leaving(self) -> None:
        """Another run will be shown: all its problems are new."""
        self._told, self._current = set(), None
        self.bar.hide()

    def _on_closed(self) -> None:
        self._current = None

    def _on_found(self) -> None:
        self._colour_tab()
        problems = {_key(one): one for one in self._panel.findings if one.severity is Severity.PROBLEM}
        new = [key for key in problems if key not in self._told]
        self._told.update(new)
        if new and not self._is_quiet:
            self._current = new[-1]
        if self._current is None:
            return
        shown = problems.get(self._current)
        if shown is None:
            self._current = None
            self.bar.hide()
            return
        more = len(problems) - 1
        count = f" And {more} more problem{'s' if more > 1 else ''}." if more else ""
        text = f"{shown.text}{count}"
        if new or text != self.bar.text:
            self.bar.say(text, announce=bool(new))

    def _colour_tab(self) -> None:
        """Show on the tab how bad the worst finding is: by sign, colour and words."""
        tabs = self._layout.tabs
        at = tabs.indexOf(self._panel)
        counts = {severity: sum(one.severity is severity for one in self._panel.findings) for severity in Severity}
        worst = next((severity for severity in Severity if counts[severity]), None)
        told = worst in (Severity.PROBLEM, Severity.ADVICE)
        tabs.setTabIcon(at, severity_icon(worst, self._palette) if worst is not None and told else QIcon())
        colour = QColor(self._palette.bad_text) if worst is Severity.PROBLEM else QColor()
        tabs.tabBar().setTabTextColor(at, colour)
        words = (("problem", "problems"), ("piece of advice", "pieces of advice"), ("note", "notes"))
        parts = [
            f"{count} {one if count == 1 else many}"
            for count, (one, many) in zip(counts.values(), words, strict=True)
            if count
        ]
        tabs.setTabToolTip(at, ", ".join(parts))
        name = ", ".join(["Findings", *parts])
        if tabs.tabBar().accessibleTabName(at) != name:
            tabs.tabBar().setAccessibleTabName(at, name)


def _key(finding: Finding) -> _Key:
    """What makes a finding the same one, while its sentence and its processes change with the run."""
    return finding.code, finding.processes[:1], finding.file, finding.line
