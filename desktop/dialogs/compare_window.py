"""The window that shows two runs on one time axis, and beside them how they differ. The window's thread.

It reads two timelines and starts nothing. Who opened it (`comparing`) says when one of them has learned something, and keeps
the marks that a person sets in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMainWindow, QSplitter, QToolBar, QVBoxLayout, QWidget

from desktop.chart.drawing.pair_picture import Drawn, PairPicture
from desktop.chart.drawing.picture_extent import PictureExtent
from desktop.chart.shared_axis import SharedAxis
from desktop.chart.view import TimelineView
from desktop.dialogs.export_dialog import ExportDialog
from desktop.dialogs.key_sheet import key_sheet
from desktop.export import exporting
from desktop.export.exporting import with_suffix
from desktop.export.pictures import PictureLook, image_of
from desktop.facts.selection import ProcessSelection
from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import Palette
from desktop.look.toolbar import bar_icon_size, bar_style
from desktop.look.window_size import FRAME_PX
from desktop.panels.comparison.comparison_panel import ComparisonPanel
from desktop.panels.comparison.run_head import RunHead
from desktop.settings import Settings
from desktop.trouble.trouble import make_dialog
from desktop.widgets.toast import Toast
from workers.analysis.comparison import start_method
from workers.errors import ProcessionError
from workers.plan.sizes import format_duration
from workers.report.comparison_text import NOTE, sentences
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

SIZE_PX = (1280, 800)
_COLUMNS_PX = (714, 566)
NOT_CHOSEN = "Select a moment, a span or a mark in each of the two runs first."


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two runs, and what to call it: its file's name, or what it is where it has none."""

    name: str
    timeline: Timeline

    @property
    def title(self) -> str:
        """The name, the plan or command, how the processes were made, how long it took, and when that was."""
        timeline = self.timeline
        if timeline.plan is not None:
            what = [self.name if self.name != timeline.plan.title else "", timeline.plan.title]
        else:
            what = [self.name, " ".join(timeline.argv), start_method(timeline) or ""]
        ended_ns = timeline.program.exited_ns if timeline.program is not None else None
        took = format_duration((timeline.now_ns if ended_ns is None else ended_ns) / 1e9)
        what += [took if timeline.ended else f"{took}, still running", timeline.started_at[:16].replace("T", " ")]
        return " · ".join(visible(part) for part in what if part)


class CompareWindow(QMainWindow):
    """Two runs, A above B. mark_changed: a timeline, and the Bookmark that was and the one that is to be in it, None for
    neither. undo_asked, redo_asked: of a mark. closed: it is not shown any more."""

    mark_changed = Signal(object, object, object)
    undo_asked = Signal()
    redo_asked = Signal()
    closed = Signal()

    def __init__(self, a: Compared, b: Compared, palette: Palette, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("compare")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{visible(a.name)} and {visible(b.name)} – Procession")
        self.resize(QSize(*SIZE_PX).boundedTo(self.screen().availableSize() - QSize(*FRAME_PX)))
        self.runs = a, b
        self._palette, self._settings = palette, settings
        self.views = TimelineView(palette), TimelineView(palette)
        self._heads = RunHead("A"), RunHead("B")
        self.panel = ComparisonPanel(a.timeline, b.timeline)
        self._add_actions()
        self._lay_out()
        for view, run in zip(self.views, self.runs, strict=True):
            view.set_timeline(run.timeline)
        self.axis = SharedAxis(*self.views, self)
        self.toast = Toast(self, self._views)
        self._connect()
        self._restore()
        self.set_palette(palette)
        self._say()
        self.views[0].setFocus()

    # Building

    def _add_actions(self) -> None:
        bar = QToolBar("Comparison", self)
        bar.setObjectName("compare_toolbar")
        bar.setMovable(False)
        bar.toggleViewAction().setEnabled(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setIconSize(bar_icon_size(bar))
        self._bar = bar
        self.addToolBar(bar)
        self.align_starts = self._action("align_starts", "Align at the &starts", "Ctrl+1", self._on_align_starts)
        self.align_selections = self._action(
            "align_selections", "Align at the se&lections", "Ctrl+2", self._on_align_selections
        )
        self.fit = self._action("compare_fit", "Fit &all", "Ctrl+0", self._on_fit)
        self.export = self._action("compare_export", "&Export picture…", "Ctrl+E", self.ask_export)
        self.copy_picture = self._action("compare_copy_picture", "&Copy picture", "Ctrl+Shift+C", self._on_copy_picture)
        self.copy_text = self._action("compare_copy_text", "Copy as &text", "Ctrl+Shift+T", self.panel.copy_all)
        leave = self._action("compare_close", "C&lose", "Ctrl+W", self.close)
        undo = self._action("compare_undo", "&Undo the change of a mark", "Ctrl+Z", self.undo_asked.emit)
        redo = self._action("compare_redo", "&Redo the change of a mark", "Ctrl+Shift+Z", self.redo_asked.emit)
        keys = self._action("compare_keys", "&Keys", "F1", self._on_keys)
        for title, actions in (
            ("&File", (self.export, self.copy_picture, self.copy_text, None, leave)),
            ("&Edit", (undo, redo)),
            ("&View", (self.align_starts, self.align_selections, None, self.fit)),
            ("&Help", (keys,)),
        ):
            menu = self.menuBar().addMenu(title)
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)
        for action in (self.align_starts, self.align_selections, self.fit, self.export):
            bar.addAction(action)

    def _action(self, name: str, text: str, keys: str, slot: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"{name}_action")
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        self.addAction(action)
        return action

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
        self._whole.setSizes(list(_COLUMNS_PX))
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
        self.panel.chosen.connect(self._on_pair_chosen)
        self.panel.said.connect(self.toast.say)
        self.axis.aligned.connect(self._say)
        marked = self._on_a_marked, self._on_b_marked
        for view, on_marked in zip(self.views, marked, strict=True):
            view.selected.connect(self._say)
            view.mark_change_requested.connect(on_marked)
            view.keys_requested.connect(self._on_keys)
            view.copy_requested.connect(self._on_copy_seen)

    def _restore(self) -> None:
        geometry, columns = self._settings.layout("compare"), self._settings.layout("compare_columns")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if columns is not None:
            self._whole.restoreState(columns)

    # What goes on

    def refresh(self) -> None:
        """Show what the runs have learned. Costs nothing for one that does not go on."""
        self.axis.refresh()
        self.panel.refresh()
        self._say()

    def set_palette(self, palette: Palette) -> None:
        """Redraw in these colours."""
        self._palette = palette
        for view, head in zip(self.views, self._heads, strict=True):
            view.set_palette(palette)
            head.set_palette(palette)
        self.panel.set_palette(palette)
        self.toast.set_palette(palette)
        self._bar.setStyleSheet(bar_style(palette))
        for action, icon in ((self.fit, Icon.FIT), (self.export, Icon.EXPORT), (self.copy_picture, Icon.COPY)):
            action.setIcon(make_icon(icon, palette))

    def _say(self) -> None:
        """Say which run is which and how they are aligned, and what can be done."""
        shift_ns = self.axis.shift_ns
        notes = "", _shift_text(shift_ns)
        for head, run, note in zip(self._heads, self.runs, notes, strict=True):
            head.say(run.title, note)
        self._sentence.setText(self.aligned_text)
        chosen = self._chosen()
        self.align_selections.setEnabled(chosen is not None)
        for action, why in ((self.align_selections, "" if chosen is not None else NOT_CHOSEN), (self.align_starts, "")):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(why or f"{action.text().replace('&', '')} ({keys})")
            action.setStatusTip(why)

    @property
    def aligned_text(self) -> str:
        """How the two axes lie, in one sentence."""
        a_ns, b_ns = self.axis.moments
        if not a_ns and not b_ns:
            return "Aligned at the beginnings of both runs."
        return (f"Aligned where {_moment(a_ns)} of A stands above {_moment(b_ns)} of B. "
                "Each axis shows the time of its own run.")  # fmt: skip

    def _chosen(self) -> tuple[int, int] | None:
        """The moments that are selected in both runs: where a span or a life begins."""
        found = [_selected_ns(view) for view in self.views]
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    # A person's presses

    def _on_align_starts(self) -> None:
        self.axis.align(0, 0)

    def _on_align_selections(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.axis.align(*chosen)

    def _on_fit(self) -> None:
        self.views[0].fit()

    def _on_pair_chosen(self, *pair: int | None) -> None:
        """Select both processes of a figure."""
        for view, process in zip(self.views, pair, strict=True):
            if process is not None:
                view.select(ProcessSelection(process))
                view.show_place(ProcessSelection(process))
        self._say()

    def _on_a_marked(self, old: Bookmark | None, new: Bookmark | None) -> None:
        self.mark_changed.emit(self.runs[0].timeline, old, new)

    def _on_b_marked(self, old: Bookmark | None, new: Bookmark | None) -> None:
        self.mark_changed.emit(self.runs[1].timeline, old, new)

    def _on_keys(self) -> None:
        key_sheet(self, self.actions()).open()

    # Pictures

    def ask_export(self) -> None:
        """Ask what to export and where to, and write it."""
        dialog = ExportDialog(self, dark=self._palette.dark, what="comparison")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted_with.connect(self._on_export_asked)
        dialog.open()

    def _on_export_asked(self, seen: bool, width_px: int, height_px: int, scale: int, dark: bool) -> None:
        folder = Path(self._settings.export_folder or Path.home())
        name = str((folder if folder.is_dir() else Path.home()) / "comparison.png")
        path, kind = QFileDialog.getSaveFileName(self, "Export the comparison", name, exporting.PICTURE_FILTER)
        path = with_suffix(path, kind)
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self.export_to(path, look=PictureLook(None, width_px, height_px or None, scale, dark), seen=seen)

    def export_to(self, path: str | Path, *, look: PictureLook | None = None, seen: bool = False) -> bool:
        """Write a picture of both runs to `path`, by its suffix. seen: only the lanes and the time in view. True when it is
        written; an error is shown otherwise."""
        try:
            exporting.export_picture(self.picture(seen=seen), Path(path), look or PictureLook())
        except ProcessionError as error:
            self._show_error(str(error))
            return False
        self.toast.say(f"Saved {path}")
        return True

    def picture(self, *, seen: bool = False) -> PairPicture:
        """Both runs, as they are aligned now, with every lane and all of the time or what is seen."""
        one, other = (_drawn(letter, run, view, seen=seen)
                      for letter, run, view in zip("AB", self.runs, self.views, strict=True))  # fmt: skip
        return PairPicture(one, other, self.aligned_text, (*sentences(self.panel.comparison), NOTE))

    def _on_copy_picture(self) -> None:
        self._copy(seen=False)

    def _on_copy_seen(self) -> None:
        self._copy(seen=True)

    def _copy(self, *, seen: bool) -> None:
        try:
            QApplication.clipboard().setImage(image_of(self.picture(seen=seen), PictureLook()))
        except ProcessionError as error:
            self._show_error(str(error))
        else:
            self.toast.say("The picture is on the clipboard.")

    def _show_error(self, sentence: str) -> None:
        dialog = make_dialog(self, sentence, "")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how all lies."""
        self._settings.keep_layout("compare", self.saveGeometry())
        self._settings.keep_layout("compare_columns", self._whole.saveState())
        event.accept()
        self.closed.emit()


def _drawn(letter: str, run: Compared, view: TimelineView, *, seen: bool) -> Drawn:
    """All lanes over all of the time that both runs take, or what is seen."""
    if seen:
        return Drawn(run.timeline, f"{letter}   {run.title}", view.shown())
    t0_ns, t1_ns = view.state.camera.beside or (0, run.timeline.now_ns)
    whole = replace(PictureExtent.all_of(run.timeline), t0_ns=t0_ns, t1_ns=t1_ns)
    overlay = replace(whole.overlay, aligned_ns=view.state.aligned_ns)
    return Drawn(run.timeline, f"{letter}   {run.title}", replace(whole, overlay=overlay))


def _selected_ns(view: TimelineView) -> int | None:
    selection = view.state.selection
    span = None if selection is None else view.state.interval(selection)
    return None if span is None else span[0]


def _moment(at_ns: int) -> str:
    return format_duration(at_ns / 1e9) if at_ns else "0 s"


def _shift_text(shift_ns: int) -> str:
    """Where B's own time lies beside A's."""
    if not shift_ns:
        return ""
    side = "right" if shift_ns < 0 else "left"
    return f"moved {format_duration(abs(shift_ns) / 1e9)} to the {side}"
