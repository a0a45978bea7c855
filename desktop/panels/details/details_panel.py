"""The Details panel: all facts of the selection, as text to read and copy. The window's thread."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from desktop.facts.fact import CodePlace, Fact, Sheet, as_text
from desktop.facts.file_facts import file_sheet
from desktop.facts.relations import relations
from desktop.facts.selection import Selection
from desktop.facts.sheets import describe
from desktop.facts.track_facts import argument_facts, flow_facts
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.details.facts_view import FactsView
from desktop.panels.run_panel import RunPanel
from desktop.widgets.note import Note, Tone, recolour_notes
from workers.timeline.timeline import Timeline

EMPTY = "Click a bar, a mark or a row to see all its details."
GONE = "This is no longer kept."

_MOST_SHOWN = 4_000
"""How many characters of a value are shown; Copy gives all."""


class DetailsPanel(RunPanel):
    """The facts of the selection, one a row, and links to related things, which select them. Without a selection: the
    facts of the file that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setAccessibleName("Details")
        self._timeline: Timeline | None = None
        self._selection: Selection | None = None
        self._seen = (-1, -1)
        self._sheet: Sheet | None = None
        self._palette = LIGHT
        self._shown: list[Fact] = []
        self._shown_selection: Selection | None = None
        self._title = Note(tone=Tone.PLAIN)
        self._title.setObjectName("details_title")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._empty = Note(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._view = FactsView()
        self._view.followed.connect(self._on_followed)
        self._view.setObjectName("details_text")
        self._view.setAccessibleName("Details of the selection")
        self._copy = QToolButton()
        self._copy.setObjectName("details_copy")
        self._copy.setText("Copy details")
        self._copy.setToolTip("Copy these details as text")
        self._copy.setAutoRaise(True)
        self._copy.setIconSize(QSize(16, 16))
        self._copy.clicked.connect(self.copy)
        self._copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 6, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._view, 1)
        whole.addWidget(self._empty, 1)
        self._empty.setContentsMargins(8, 0, 8, 0)
        self.setMinimumWidth(180)
        self.set_palette(LIGHT)
        self._show(None)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show facts of this run. The selection of the run before is dropped."""
        self._timeline = timeline
        self.show_selection(None)

    def show_selection(self, selection: Selection | None) -> None:
        """Show the facts of this selection; None empties the panel."""
        self._selection = selection
        self._seen = (-1, -1)
        self.refresh()

    def refresh(self) -> None:
        """Bring the facts up to date."""
        timeline = self._timeline
        if timeline is None or self._selection is None:
            nothing = (-2, 0 if timeline is None else len(timeline.warnings))
            if self._seen != nothing:
                self._seen = nothing
                self._show(None if timeline is None else file_sheet(timeline))
            return
        seen = (timeline.revision, timeline.now_ns)
        if seen != self._seen:
            self._seen = seen
            sheet = describe(timeline, self._selection)
            if sheet is None:
                self._show(Sheet(GONE, ()))
                return
            related = tuple(relations(timeline, self._selection))
            more = flow_facts(timeline, self._selection) + argument_facts(timeline, self._selection)
            self._show(Sheet(sheet.title, sheet.facts + more + related))

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self._copy.setIcon(make_icon(Icon.COPY, palette))
        recolour_notes(self, palette)
        if self._shown:
            self._view.write(self._shown, self._palette)

    def text(self) -> str:
        """The title and the facts as text; empty when nothing is shown."""
        return "" if self._sheet is None else f"{self._sheet.title}\n{as_text(self._sheet.facts)}".rstrip("\n")

    def copy(self) -> None:
        """Copy the whole text."""
        QGuiApplication.clipboard().setText(self.text())
        self.said.emit("The details are on the clipboard.")

    def _show(self, sheet: Sheet | None) -> None:
        self._sheet = sheet
        self._empty.setVisible(sheet is None)
        self._view.setVisible(sheet is not None)
        self._copy.setEnabled(sheet is not None and bool(sheet.facts))
        self._title.say("Details" if sheet is None else sheet.title, Tone.QUIET if sheet is None else Tone.PLAIN)
        facts = [] if sheet is None else [fact._replace(text=_shortened(fact.text)) for fact in sheet.facts]
        self._view.show_facts(facts, self._palette, keep_place=self._shown_selection == self._selection)
        self._shown, self._shown_selection = facts, self._selection

    def _on_followed(self, row: int) -> None:
        link = self._shown[row].link if 0 <= row < len(self._shown) else None
        if isinstance(link, CodePlace):
            self.place_chosen.emit(link)
        elif link is not None:
            self.show_selection(link)
            self.selected.emit(link)


def _shortened(text: str) -> str:
    if len(text) <= _MOST_SHOWN:
        return text
    return f"{text[:_MOST_SHOWN]} … ({len(text):,} characters; Copy gives all)"
