"""The history: the list of kept runs, with buttons to open, compare, rename and delete them. The window's thread.

It shows the runs that it is given, and emits requests. `HistoryControl` carries them out.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.look.palette import LIGHT, Palette
from desktop.panels.history.history_limits import HistoryLimits
from desktop.panels.history.history_rows import HEADS, NAME, OUTCOME, STARTED, TITLE, HistoryRows, sentence
from desktop.widgets.action_button import action_button
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import Note, Tone, recolour_notes
from desktop.widgets.record_table import SORTED_HEAD_PX, RecordTable
from desktop.widgets.sorted_rows import SortedRows
from workers.history.run_list import Entry
from workers.plan.sizes import format_bytes

NONE_YET = "No runs are kept yet: each one that you start is listed here."
_NOTHING_CHOSEN = "Choose a run first."
_ONE_ONLY = "Choose one run only."
_TWO = "Choose two runs, with Ctrl and a click or Shift and an arrow."
_ALL_GO_ON = "It is still going on: a run can be deleted when it is over."
_ICON_PX = 20
_SAMPLES = ("2026-12-31 23:59:59", "the one that hangs", "", "12 min 59.9 s", "cannot be read", "1,000 MB")


class HistoryPanel(QWidget):
    """The list of kept runs.

    Requests carry the folders of runs. open_requested, reveal_requested: one. rename_requested: one, and the new name.
    delete_requested: a list. compare_requested: two, the older one first. undo_requested: take back the last change.
    start_requested: start a first run. limits: the controls for how much is kept.
    """

    open_requested = Signal(object)
    reveal_requested = Signal(object)
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)
    compare_requested = Signal(object, object)
    undo_requested = Signal()
    start_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.limits = HistoryLimits()
        self._rows = HistoryRows(self)
        self._sorted = SortedRows(self)
        self._sorted.setSourceModel(self._rows)
        self._sorted.setFilterKeyColumn(-1)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._table = self._make_table()
        self._search = QLineEdit()
        self._search.setObjectName("history_search")
        self._search.setAccessibleName("Find runs")
        self._search.setPlaceholderText("Find by date, name, plan, script or outcome")
        self._search.setClearButtonEnabled(True)
        self._count = Note(wrap=False)
        self._count.setObjectName("history_count")
        self._outcome = _literal("history_outcome", Tone.PLAIN)
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._outcome.setFixedHeight(2 * self._outcome.fontMetrics().lineSpacing() + 2)
        self._sentence = _literal("history_said", Tone.QUIET)
        self._open = self._action("open", "&Open", "", "Show this run again, as it was (Enter)")
        self._compare = self._action(
            "compare", "Co&mpare", "", "Show the two chosen runs on one axis, and how they differ"
        )
        self._rename = self._action(
            "rename", "&Rename", "F2", "Give this run a name; it is then kept longer than others"
        )
        self._delete = self._action("delete", "&Delete", "Del", "Delete the chosen runs; it can be undone for a day")
        self._reveal = self._action("reveal", "Show in &folder", "", "Open this run's folder in the file manager")
        self._undo = self._action("undo", "&Undo", "Ctrl+Z", "Take back the last change of this list", everywhere=True)
        self._lay_out()
        self._connect()
        self.set_palette(LIGHT)
        self.show_undo("")
        self._show_count()
        self._on_selection()

    def _make_table(self) -> RecordTable:
        table = RecordTable("history", "Runs", self._sorted, by_click=False)
        table.setAlternatingRowColors(True)
        table.setIconSize(QSize(14, 14))
        table.setSortingEnabled(True)
        table.sortByColumn(STARTED, Qt.SortOrder.DescendingOrder)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.fit_columns(_SAMPLES, cell_px=SORTED_HEAD_PX, head_px=SORTED_HEAD_PX)
        table.widen(OUTCOME, _ICON_PX)
        header = table.horizontalHeader()
        header.setSectionResizeMode(TITLE, header.ResizeMode.Stretch)
        return table

    def _action(self, name: str, text: str, keys: str, tip: str, *, everywhere: bool = False) -> QAction:
        """An action in the menu of the table. Its key acts in the table, or everywhere in the window around it."""
        action = QAction(text, self)
        action.setObjectName(f"history_{name}_action")
        action.setShortcut(QKeySequence(keys))
        context = Qt.ShortcutContext
        action.setShortcutContext(context.WindowShortcut if everywhere else context.WidgetShortcut)
        action.setData(f"{tip} ({keys})" if keys else tip)
        (self if everywhere else self._table).addAction(action)
        return action

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._search, 1)
        top.addSpacing(12)
        top.addWidget(self._count)
        buttons = QHBoxLayout()
        for action in (self._open, self._compare, self._rename, self._delete, self._reveal):
            buttons.addWidget(action_button(action))
        buttons.addSpacing(8)
        buttons.addWidget(self._sentence, 1)
        buttons.addWidget(action_button(self._undo))
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(top)
        inside.addWidget(self._table, 1)
        empty = QWidget()
        middle = QVBoxLayout(empty)
        none_yet = Note(NONE_YET)
        none_yet.setObjectName("history_empty")
        none_yet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._start = QPushButton("&Start")
        self._start.setObjectName("history_start")
        middle.addStretch(1)
        middle.addWidget(none_yet)
        middle.addWidget(self._start, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(listed)
        self._pages.setCurrentWidget(listed)  # until the runs are known
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._pages, 1)
        whole.addWidget(self._outcome)
        whole.addLayout(buttons)
        whole.addWidget(self.limits)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._search.returnPressed.connect(self._on_search_entered)
        self._table.chosen.connect(self._on_open)
        self._table.copy_requested.connect(self.copy)
        self._table.selectionModel().selectionChanged.connect(self._on_selection)
        self._rows.renamed.connect(self.rename_requested)
        self._open.triggered.connect(self._on_open)
        self._rename.triggered.connect(self._on_rename)
        self._delete.triggered.connect(self._on_delete)
        self._compare.triggered.connect(self._on_compare)
        self._reveal.triggered.connect(self._on_reveal)
        self._undo.triggered.connect(self.undo_requested)
        self._start.clicked.connect(self.start_requested)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show exactly these runs."""
        was_empty = not self._rows.rowCount()
        chosen = self._table.chosen_rows()
        has_keyboard = self._pages.isAncestorOf(self.focusWidget() or self) and not self._search.hasFocus()
        self._rows.show(entries)
        self._pages.setCurrentIndex(1 if entries else 0)
        if entries and was_empty:
            self._table.choose(0)
        elif chosen and not self._chosen():
            self._table.choose(min(*chosen, self._sorted.rowCount() - 1))  # next to the deleted run
        if has_keyboard and was_empty is bool(entries):
            self.focus_list()
        self._show_count()
        self._on_selection()

    def show_entry(self, entry: Entry) -> None:
        """Show the new facts of this run."""
        self._rows.replace(entry)
        self._show_count()
        self._on_selection()

    def show_undo(self, what: str) -> None:
        """Name the change that Undo takes back; empty when there is none."""
        self._undo.setText(f"&Undo {what}".rstrip())
        self._allow(self._undo, "" if what else "There is nothing to undo.")

    def say(self, text: str) -> None:
        """Show a sentence until the next one."""
        self._sentence.setText(text)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        recolour_notes(self, palette)

    def copy(self) -> None:
        """Copy the chosen rows as tab-separated text under a header."""
        rows = self._table.chosen_rows()
        copy_text(
            table_text(HEADS, ([str(self._sorted.index(row, at).data()) for at in range(len(HEADS))] for row in rows))
        )
        self.say(copied(len(rows), "run", "runs"))

    def focus_list(self) -> None:
        """Give the keyboard focus to the list, or to Start while there are no runs."""
        (self._start if self._pages.currentIndex() == 0 else self._table).setFocus()

    # The user's actions

    def _chosen(self) -> list[Entry]:
        rows = self._table.chosen_rows()
        return [self._rows.entry(self._sorted.mapToSource(self._sorted.index(row, 0)).row()) for row in rows]

    def _one(self) -> Path | None:
        chosen = self._chosen()
        return chosen[0].folder if len(chosen) == 1 else None

    def _on_open(self) -> None:
        folder = self._one()
        if folder is not None:
            self.open_requested.emit(folder)

    def _on_rename(self) -> None:
        if self._one() is not None:
            row = self._table.selectionModel().selectedRows()[0].row()
            index: QModelIndex = self._sorted.index(row, NAME)
            self._table.setCurrentIndex(index)
            self._table.edit(index)

    def _on_delete(self) -> None:
        folders = [entry.folder for entry in self._chosen()]
        if folders:
            self.delete_requested.emit(folders)

    def _on_compare(self) -> None:
        folders = sorted(entry.folder for entry in self._chosen())  # their names begin with the date
        if len(folders) == 2:
            self.compare_requested.emit(*folders)

    def _on_reveal(self) -> None:
        folder = self._one()
        if folder is not None:
            self.reveal_requested.emit(folder)

    def _on_search(self, text: str) -> None:
        self._sorted.setFilterFixedString(text)
        self._show_count()

    def _on_search_entered(self) -> None:
        if self._sorted.rowCount():
            self._table.choose(0)
            self._table.setFocus()

    def _on_selection(self) -> None:
        chosen = self._chosen()
        one = "" if len(chosen) == 1 else _ONE_ONLY if chosen else _NOTHING_CHOSEN
        going_on = bool(chosen) and all(entry.running for entry in chosen)
        for action in (self._open, self._rename, self._reveal):
            self._allow(action, one)
        self._allow(self._compare, "" if len(chosen) == 2 else _TWO)
        self._allow(self._delete, _ALL_GO_ON if going_on else "" if chosen else _NOTHING_CHOSEN)
        self._outcome.setText(
            sentence(chosen[0]) if len(chosen) == 1 else f"{len(chosen)} runs are chosen." if chosen else ""
        )

    def _allow(self, action: QAction, why_not: str) -> None:
        action.setEnabled(not why_not)
        action.setToolTip(why_not or action.data())

    def _show_count(self) -> None:
        entries, shown = self._rows.entries, self._sorted.rowCount()
        size = sum(entry.summary.size_bytes for entry in entries if entry.summary is not None)
        runs = "1 run" if len(entries) == 1 else f"{len(entries)} runs"
        self._count.setText(f"{runs}, {format_bytes(size)}" if shown == len(entries) else f"{shown} of {runs}")


def _literal(name: str, tone: Tone) -> Note:
    note = Note(tone=tone)
    note.setObjectName(name)
    note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return note
