"""The window that shows two runs on one time axis, and beside them how they differ. The window's thread.

It reads two timelines and starts nothing. `Comparing`, which opens it, says when one of them has something new, and keeps the
marks that the user sets in it.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from desktop.chart.pictures.pair_picture import PairPicture, PicturedRun
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.chart.shared_axis import SharedAxis
from desktop.chart.view import TimelineView
from desktop.dialogs.compare_actions import CompareActions
from desktop.dialogs.compare_pictures import ComparePictures
from desktop.dialogs.compared_run import ComparedRun
from desktop.dialogs.key_sheet import key_sheet
from desktop.export.pictures import PictureLook
from desktop.facts.selection import ProcessSelection
from desktop.facts.visible_text import visible as escaped
from desktop.look.palette import Palette
from desktop.look.window_size import FRAME_PX
from desktop.panels.comparison.comparison_panel import ComparisonPanel
from desktop.panels.comparison.run_head import RunHead
from desktop.settings import Settings
from desktop.widgets.toast import Toast
from workers.plan.sizes import format_duration
from workers.report.comparison_sentences import NOTE, sentences
from workers.timeline.model import Bookmark

SIZE_PX = (1280, 800)
_COLUMNS_PX = (714, 566)
_MOST_TEXT = 0.44
"""The share of a small window that sentences and figures take at most: the timelines are what is compared."""


class CompareWindow(QMainWindow):
    """Two runs, A above B.

    mark_changed: a timeline, its old Bookmark and its new one; None for the old one of a new mark, and for the new one of a
    deleted mark.
    undo_requested, redo_requested: of the change of a mark.
    closed: the window is not shown any more.
    """

    mark_changed = Signal(object, object, object)
    undo_requested = Signal()
    redo_requested = Signal()
    closed = Signal()

    def __init__(self, a: ComparedRun, b: ComparedRun, palette: Palette, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{escaped(a.name)} and {escaped(b.name)} – Procession")
        self.resize(QSize(*SIZE_PX).boundedTo(self.screen().availableSize() - QSize(*FRAME_PX)))
        self.runs = a, b
        self.colours, self._settings = palette, settings
        self.views = TimelineView(palette), TimelineView(palette)
        self._heads = RunHead("A"), RunHead("B")
        self.panel = ComparisonPanel(a.timeline, b.timeline)
        self.commands = CompareActions(self)
        self._pictures = ComparePictures(self, settings)
        self._lay_out()
        for view, run in zip(self.views, self.runs, strict=True):
            view.set_timeline(run.timeline)
        self.axis = SharedAxis(*self.views, self)
        self.toast = Toast(self, self._views)
        self._connect()
        self._restore()
        self.set_palette(palette)
        self._show_state()
        self.views[0].setFocus()

    # Building

    def _lay_out(self) -> None:
        self._views = QSplitter(Qt.Orientation.Vertical)
        for head, view, letter in zip(self._heads, self.views, "AB", strict=True):
            pane = QWidget()
            column = QVBoxLayout(pane)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(head)
            column.addWidget(view, 1)
            view.setObjectName(f"compare_{letter.lower()}")
            canvas = view.focusProxy()
            assert canvas is not None
            canvas.setAccessibleName(f"Timeline of run {letter}")
            self._views.addWidget(pane)
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        self._whole.addWidget(self._views)
        self._whole.addWidget(self.panel)
        text_px = min(_COLUMNS_PX[1], round(_MOST_TEXT * self.width()))
        self._whole.setSizes([self.width() - text_px, text_px])
        self._whole.setStretchFactor(0, 1)
        self._whole.setStretchFactor(1, 0)
        for splitter in (self._views, self._whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self.setCentralWidget(self._whole)
        self._sentence = QLabel()
        self._sentence.setObjectName("compare_sentence")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAccessibleName("How the runs are aligned")
        self._sentence.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self._sentence, 1)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        act = self.commands
        act.connect_all(
            {
                act.align_starts: self._on_align_starts,
                act.align_selections: self._on_align_selections,
                act.fit: self._on_fit,
                act.export: self.ask_export,
                act.copy_picture: self._on_copy_picture,
                act.copy_text: self.panel.copy_all,
                act.close: self.close,
                act.undo: self.undo_requested.emit,
                act.redo: self.redo_requested.emit,
                act.keys: self._on_keys,
            }
        )
        self._pictures.chosen.connect(self._on_export_chosen)
        self._pictures.said.connect(self.toast.say)
        self.panel.chosen.connect(self._on_pair_chosen)
        self.panel.said.connect(self.toast.say)
        self.axis.aligned.connect(self._show_state)
        marked = self._on_a_marked, self._on_b_marked
        for view, on_marked in zip(self.views, marked, strict=True):
            view.selected.connect(self._show_state)
            view.mark_change_requested.connect(on_marked)
            view.keys_requested.connect(self._on_keys)
            view.copy_requested.connect(self._on_copy_visible)

    def _restore(self) -> None:
        geometry, columns = self._settings.layout("compare"), self._settings.layout("compare_columns")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if columns is not None:
            self._whole.restoreState(columns)

    # What is shown

    def refresh(self) -> None:
        """Show what is new in the runs. Costs nothing for a run that has ended."""
        self.axis.refresh()
        self.panel.refresh()
        self._show_state()

    def set_palette(self, palette: Palette) -> None:
        """Redraw in these colours."""
        self.colours = palette
        for view, head in zip(self.views, self._heads, strict=True):
            view.set_palette(palette)
            head.set_palette(palette)
        self.panel.set_palette(palette)
        self.toast.set_palette(palette)
        self.commands.set_palette(palette)

    def _show_state(self) -> None:
        """Show which run is which, how they are aligned, and what can be done."""
        notes = "", _shift_text(self.axis.shift_ns)
        for head, run, note in zip(self._heads, self.runs, notes, strict=True):
            head.say(run.title, note)
        self._sentence.setText(self.aligned_text)
        self.commands.show_alignable(self._chosen() is not None)

    @property
    def aligned_text(self) -> str:
        """How the two time axes are aligned, in one sentence."""
        a_ns, b_ns = self.axis.moments
        if not a_ns and not b_ns:
            return "Aligned at the beginnings of both runs."
        return (f"Aligned with {_moment(a_ns)} of A above {_moment(b_ns)} of B. "
                "Each axis shows the time of its own run.")  # fmt: skip

    def _chosen(self) -> tuple[int, int] | None:
        """The selected moment of each run, where the selected span or life begins; None unless both have one."""
        found = [_selected_ns(view) for view in self.views]
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    # What the user does

    def _on_align_starts(self) -> None:
        self.axis.align(0, 0)

    def _on_align_selections(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.axis.align(*chosen)

    def _on_fit(self) -> None:
        self.views[0].fit()

    def _on_pair_chosen(self, *pair: int | None) -> None:
        """Select both processes of a row in the comparison."""
        for view, process in zip(self.views, pair, strict=True):
            if process is not None:
                view.select(ProcessSelection(process))
                view.show_place(ProcessSelection(process))
        self._show_state()

    def _on_a_marked(self, old: Bookmark | None, new: Bookmark | None) -> None:
        self.mark_changed.emit(self.runs[0].timeline, old, new)

    def _on_b_marked(self, old: Bookmark | None, new: Bookmark | None) -> None:
        self.mark_changed.emit(self.runs[1].timeline, old, new)

    def _on_keys(self) -> None:
        key_sheet(self, self.actions()).open()

    # Pictures

    def ask_export(self) -> None:
        """Ask what to export and where to, and write it."""
        self._pictures.ask(dark=self.colours.dark)

    def export_to(self, path: str | Path, *, look: PictureLook | None = None, visible: bool = False) -> bool:
        """Write a picture of both runs to `path`, by its suffix. visible: only of the lanes and the time in view. True when it
        was written; an error is shown otherwise."""
        return self._pictures.write(partial(self.picture, visible=visible), path, look or PictureLook())

    def picture(self, *, visible: bool = False) -> PairPicture:
        """Both runs, as they are aligned now. visible: only the lanes and the time in view."""
        a, b = (
            _drawn(letter, run, view, visible=visible)
            for letter, run, view in zip("AB", self.runs, self.views, strict=True)
        )
        return PairPicture(a, b, self.aligned_text, (*sentences(self.panel.comparison), NOTE))

    def _on_export_chosen(self, path: str, look: PictureLook, visible: bool) -> None:
        self.export_to(path, look=look, visible=visible)

    def _on_copy_picture(self) -> None:
        self._pictures.copy(self.picture)

    def _on_copy_visible(self) -> None:
        self._pictures.copy(partial(self.picture, visible=True))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout."""
        self._settings.keep_layout("compare", self.saveGeometry())
        self._settings.keep_layout("compare_columns", self._whole.saveState())
        event.accept()
        self.closed.emit()


def _drawn(letter: str, run: ComparedRun, view: TimelineView, *, visible: bool) -> PicturedRun:
    """All lanes over the whole time of both runs. visible: only the lanes and the time in view."""
    if visible:
        return PicturedRun(run.timeline, f"{letter}   {run.title}", view.shown())
    t0_ns, t1_ns = view.state.camera.beside or (0, run.timeline.now_ns)
    whole = replace(PictureExtent.all_of(run.timeline), t0_ns=t0_ns, t1_ns=t1_ns)
    overlay = replace(whole.overlay, aligned_ns=view.state.aligned_ns)
    return PicturedRun(run.timeline, f"{letter}   {run.title}", replace(whole, overlay=overlay))


def _selected_ns(view: TimelineView) -> int | None:
    selection = view.state.selection
    span = None if selection is None else view.state.interval(selection)
    return None if span is None else span[0]


def _moment(at_ns: int) -> str:
    return format_duration(at_ns / 1e9) if at_ns else "0 s"


def _shift_text(shift_ns: int) -> str:
    """How far B's time is moved against A's."""
    if not shift_ns:
        return ""
    side = "right" if shift_ns < 0 else "left"
    return f"moved {format_duration(abs(shift_ns) / 1e9)} to the {side}"
