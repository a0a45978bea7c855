"""The Code panel: the script that is equivalent to the plan, with marks at the lines that ran. The window's thread."""

import os

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from desktop.facts.fact import CodePlace
from desktop.facts.selection import CallSelection, Selection
from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.code.calls_by_hand import made_by_hand
from desktop.panels.code.code_marks import call_at, current_line, line_of, make_marks
from desktop.panels.code.code_view import CodeView
from desktop.panels.code.source_files import read_source, same_file
from desktop.panels.run_panel import RunPanel
from desktop.widgets.note import Note, recolour_notes
from workers.plan.listing import Listing, make_listing
from workers.plan.plan import Step
from workers.timeline.timeline import Timeline


class CodePanel(RunPanel):
    """The script, read-only. A click on a line that made a call selects the call. save_requested: the user wants to save the
    script (its text)."""

    save_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._own: Listing | None = None
        self._listing: Listing | None = None
        self._timeline: Timeline | None = None
        self._is_of_run = False
        self._made: tuple[Step | str, ...] = ()  # by hand: what the script shows of the run
        self._revision = -1
        self._view = CodeView()
        self._view.setObjectName("code")
        self._view.setAccessibleName("The script that is equivalent to the plan")
        self._note = Note(wrap=False)
        self._note.setObjectName("code_note")
        self._note.setMinimumWidth(1)  # its text is cut before the window is made wider
        self._back = QPushButton("&Back")
        self._back.setObjectName("code_back")
        self._back.setToolTip("Show the script again")
        self._back.hide()
        self._copy = QPushButton("Cop&y")
        self._copy.setObjectName("code_copy")
        self._copy.setToolTip("Copy the script")
        self._save = QPushButton("&Save as .py …")
        self._save.setObjectName("code_save")
        for button in (self._back, self._copy, self._save):
            button.setIconSize(QSize(16, 16))
            button.setAutoDefault(False)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._back)
        bar.addWidget(self._copy)
        bar.addWidget(self._save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addWidget(self._view, 1)
        self._view.clicked.connect(self._on_line_clicked)
        self._back.clicked.connect(self._show_own)
        self._copy.clicked.connect(self.copy)
        self._save.clicked.connect(self._on_save)
        self.set_palette(LIGHT)
        self._mark()

    def show_listing(self, listing: Listing) -> None:
        """Show this script: what ran, or what Start would run."""
        if listing != self._own:
            self._own = listing
            self._show_own()

    def show_place(self, place: CodePlace) -> str:
        """Show a line of a file of the run. A sentence where that cannot be done, else empty."""
        if self._timeline is None or self._timeline.plan is not None:
            return "The lines of a plan's script are shown with its calls."
        if self._listing is None or not same_file(self._listing.path, place.file):
            if self._own is not None and same_file(self._own.path, place.file):
                self._show_own()
            else:
                found = read_source(place.file)
                if isinstance(found, str):
                    return visible(found)
                self._show(found)
        if place.line > 0:
            self._view.point_at(place.line)
        return ""

    def _show_own(self) -> None:
        if self._own is not None:
            self._show(self._own)
        else:
            self._listing = None
            self._view.show_text("")
            self._compare()

    def _show(self, listing: Listing) -> None:
        if listing != self._listing:
            self._listing, self._made = listing, ()
            self._view.show_text(listing.text)
        self._compare()

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Mark the lines with the calls of this run, if the run is one of the script; None removes the marks."""
        self._timeline = timeline
        if self._is_other:
            self._show_own()
        else:
            self._compare()

    def refresh(self) -> None:
        """Show the calls since the last refresh."""
        if self._timeline is not None and self._timeline.revision != self._revision:
            self._mark()

    def show_selection(self, selection: Selection | None) -> None:
        """Bring the line of a selected call into view, whichever process ran it. The line of the selection before is not marked
        any more."""
        self._view.point_nowhere()
        if not isinstance(selection, CallSelection) or not self._is_of_run:
            return
        assert self._timeline is not None
        assert self._listing is not None
        line = line_of(self._listing, self._timeline, self._timeline.call(selection.call))
        if line:
            self._view.point_at(line)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._view.set_palette(palette)
        self._copy.setIcon(make_icon(Icon.COPY, palette))
        self._save.setIcon(make_icon(Icon.SAVE, palette))
        recolour_notes(self, palette)

    def copy(self) -> None:
        """Copy the whole script."""
        if self._listing is not None:
            QGuiApplication.clipboard().setText(self._listing.text)
            self.said.emit("The script is on the clipboard.")

    def _on_line_clicked(self, line: int) -> None:
        if self._listing is None or self._timeline is None or not self._is_of_run:
            return
        call = call_at(self._listing, self._timeline, line)
        if call is not None:
            self.selected.emit(CallSelection(call.by, call.began_ns, call.id))

    def _on_save(self) -> None:
        if self._listing is not None:
            self.save_requested.emit(self._listing.text)

    def _compare(self) -> None:
        """Find out whether the shown run is one of this script. A plan changed after the run has another script."""
        shown, own = self._listing, self._own
        self._is_of_run = shown is not None and (self._is_other or (own is not None and self._ran(own)))
        self._back.setVisible(self._is_other)
        self._mark()

    @property
    def _is_other(self) -> bool:
        """Whether another file of the run is shown, and not the script itself."""
        shown, own = self._listing, self._own
        return shown is not None and (own is None or shown.path != own.path)

    def _ran(self, listing: Listing) -> bool:
        """Whether the shown run is one of this script."""
        timeline = self._timeline
        if timeline is None:
            return False
        if timeline.plan is not None:
            return listing == make_listing(timeline.plan)
        return bool(listing.path) and listing.path in timeline.argv

    def _mark(self) -> None:
        self._copy.setEnabled(self._listing is not None)
        self._save.setEnabled(self._listing is not None)
        if self._listing is not None and self._listing.path and not self._is_of_run:
            self._is_of_run = self._ran(self._listing)  # the run learns its command line only after its start
        self._write_by_hand()
        self._revision = -1 if self._timeline is None else self._timeline.revision
        if self._listing is None or self._timeline is None or not self._is_of_run:
            self._view.set_marks({})
            self._view.set_line(None)
            self._say_where(None)
            return
        self._view.set_marks(make_marks(self._listing, self._timeline))
        line = current_line(self._listing, self._timeline)
        self._view.set_line(line)
        self._say_where(line)

    def _write_by_hand(self) -> None:
        """By hand, write down the calls that were made; for any other run or plan, take out what was written."""
        own, timeline = self._own, self._timeline
        if own is None or self._is_other:
            return
        plan = None if timeline is None or not self._is_of_run else timeline.plan
        made = () if timeline is None or plan is None or not plan.by_hand else made_by_hand(timeline, plan)
        if made == self._made and self._listing is not None:
            return
        self._made = made
        self._listing = own if plan is None else make_listing(plan, made)
        self._view.show_more(self._listing.text)
        if self._listing.step_lines:
            self._view.show_line(self._listing.step_lines[-1])

    def _say_where(self, line: int | None) -> None:
        if self._is_other:
            assert self._listing is not None
            self._note.setText(f"{visible(os.path.basename(self._listing.path))}, as it is on this machine now")
        elif line is not None:
            self._note.setText(f"The parent is at line {line}")
        elif self._timeline is not None and not self._is_of_run:
            self._note.setText("The script of the next run")
        elif self._timeline is not None and self._timeline.ended:
            self._note.setText("The run has ended")
        elif self._timeline is not None and self._timeline.waiting_for_person:
            self._note.setText("The parent waits for you")
        else:
            own = self._listing is not None and self._listing.path
            self._note.setText("Your script" if own else "The plan as a script")
