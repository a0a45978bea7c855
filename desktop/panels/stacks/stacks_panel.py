"""The Stacks panel: what every thread of the run is doing, or was, when it was looked at. The window's thread."""

import time

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from desktop.facts.fact import CodePlace
from desktop.facts.selection import ProcessSelection, Selection, WaitSelection
from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.run_panel import RunPanel
from desktop.panels.stacks.seen_stacks import SeenStacks, StackEntry, last_read_ns, seen_stacks, state_of
from desktop.widgets.action_button import action_button
from desktop.widgets.clipboard import copy_text
from desktop.widgets.note import Note, recolour_notes
from workers.timeline.timeline import Timeline

NO_STACKS = "No stacks were read. They are read when a process stands still for some seconds, and when you ask."
ASKED = "The processes are being looked into…"

_LINK = Qt.ItemDataRole.UserRole
_LATE_NS = 15_000_000_000
_EVERY_S = 0.1


class _StackTree(QTreeWidget):
    """Each different stack, and its frames below it. Enter opens what a click does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, on a frame, shows its line."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.itemClicked.emit(item, 0)
        else:
            super().keyPressEvent(event)


class StacksPanel(RunPanel):
    """Equal stacks once, the most frequent first. A click on a frame shows its line in Code; on a head, its process.

    offered: whether there is anything to see now.
    """

    offered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._timeline: Timeline | None = None
        self._state: object = None
        self._facts = -1
        self._asked_ns: int | None = None
        self._next_s = 0.0
        self._palette = LIGHT
        self._seen = SeenStacks((), (), "")
        self._note = Note(wrap=False)
        self._note.setObjectName("stacks_note")
        self._note.setMinimumWidth(1)
        self._bar = QHBoxLayout()
        self._bar.setContentsMargins(8, 5, 8, 5)
        self._bar.setSpacing(6)
        self._bar.addWidget(self._note, 1)
        self._action: QAction | None = None
        self._look = QAction("&What is it doing?", self)
        button = action_button(self._look)
        button.setObjectName("stacks_look")
        self._bar.addWidget(button)
        self._tree = _StackTree()
        self._tree.setObjectName("stacks")
        self._tree.setAccessibleName("Stacks")
        self._tree.setHeaderHidden(True)
        self._tree.setIndentation(18)
        self._tree.setIconSize(QSize(16, 16))
        self._tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._tree.setExpandsOnDoubleClick(False)
        self._tree.itemClicked.connect(self._on_clicked)
        self._empty = Note(NO_STACKS)
        self._empty.setObjectName("stacks_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._tree)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._bar)
        whole.addWidget(self._pages, 1)
        self._show()

    def set_action(self, action: QAction) -> None:
        """Have the panel's button do this action, which asks for stacks."""
        self._action = action
        self._look.triggered.connect(action.trigger)
        action.changed.connect(self._on_action_changed)
        self._on_action_changed()

    def _on_action_changed(self) -> None:
        if self._action is not None:
            self._look.setText(self._action.text())
            self._look.setToolTip(self._action.toolTip())
            self._look.setEnabled(self._action.isEnabled())

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show what was read of this run's stacks; None empties the panel."""
        self._timeline = timeline
        self._state, self._facts, self._asked_ns, self._next_s = None, -1, None, 0.0
        self.refresh()

    def wait_for_look(self) -> None:
        """The user asked for a look, which takes a moment."""
        if self._timeline is not None:
            self._asked_ns = self._timeline.now_ns
            self._say()
            self._offer()

    def refresh(self) -> None:
        """Show stacks that were read since the last call. While the run lasts, this is called now and then."""
        timeline, now_s = self._timeline, time.monotonic()
        if timeline is not None and not timeline.ended and now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        if timeline is not None and timeline.facts == self._facts and self._asked_ns is None:
            return
        self._facts = -1 if timeline is None else timeline.facts
        state = None if timeline is None else state_of(timeline)
        if state != self._state:
            self._state = state
            self._seen = SeenStacks((), (), "") if timeline is None else seen_stacks(timeline)
            self._show()
        if timeline is not None and self._asked_ns is not None:
            read_ns = last_read_ns(timeline)
            if (read_ns is not None and read_ns > self._asked_ns) or timeline.ended or self._is_late(timeline):
                self._asked_ns = None
        self._say()
        self._offer()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        recolour_notes(self, palette)
        self._show()

    def show_selection(self, selection: Selection | None) -> None:
        """The stacks are those of the whole run, whatever is selected."""

    def text(self) -> str:
        """All that is listed, as text."""
        lines = []
        for entry in self._seen.entries:
            lines += [entry.head, f"  {entry.who}"]
            lines += [f"    {frame.function}  {frame.file}:{frame.line}" for frame in entry.group.frames]
        return "\n".join([*lines, *self._seen.problems])

    def copy(self) -> None:
        """Copy all of it as text."""
        copy_text(self.text())
        self.said.emit("The stacks are on the clipboard.")

    def _offer(self) -> None:
        self.offered.emit(self._asked_ns is not None or self._tree.topLevelItemCount() > 0)

    def _is_late(self, timeline: Timeline) -> bool:
        return self._asked_ns is not None and timeline.now_ns - self._asked_ns > _LATE_NS

    def _show(self) -> None:
        self._tree.clear()
        for problem in self._seen.problems:
            self._add_problem(problem)
        for entry in self._seen.entries:
            self._add(entry)
        self._tree.expandAll()
        self._tree.resizeColumnToContents(0)
        self._pages.setCurrentIndex(1 if self._tree.topLevelItemCount() else 0)

    def _add_problem(self, problem: str) -> None:
        item = QTreeWidgetItem([problem])
        item.setIcon(0, make_icon(Icon.ADVICE, self._palette, self._palette.join))
        item.setToolTip(0, problem)
        self._tree.addTopLevelItem(item)

    def _add(self, entry: StackEntry) -> None:
        head = QTreeWidgetItem([entry.head])
        bold = QFont(self._tree.font())
        bold.setBold(True)
        head.setFont(0, bold)
        head.setData(0, _LINK, self._whole(entry))
        head.setToolTip(0, entry.who)
        self._tree.addTopLevelItem(head)
        who = QTreeWidgetItem([entry.who])
        who.setForeground(0, QColor(self._palette.quiet))
        who.setData(0, _LINK, self._whole(entry))
        head.addChild(who)
        for frame in entry.group.frames:
            place = CodePlace(frame.file, frame.line)
            item = QTreeWidgetItem([f"{visible(frame.function)}    {visible(place.short)}"])
            item.setData(0, _LINK, place)
            item.setToolTip(0, visible(f"{frame.file}:{frame.line}"))
            item.setForeground(0, QColor(self._palette.quiet if frame.is_library else self._palette.accent))
            head.addChild(item)

    def _whole(self, entry: StackEntry) -> Selection:
        """The wait of the first process of a group, or the process."""
        assert self._timeline is not None
        process = self._timeline.process(entry.first)
        wait = next((one for one in reversed(process.waits) if one.main and one.frames == entry.group.frames), None)
        return ProcessSelection(process.id) if wait is None else WaitSelection(process.id, wait.since_ns)

    def _say(self) -> None:
        if self._asked_ns is not None:
            self._note.setText(ASKED)
            self._empty.setText(ASKED)
            return
        self._empty.setText(NO_STACKS)
        threads = sum(len(entry.group.threads) for entry in self._seen.entries)
        self._note.setText(
            f"{'1 thread' if threads == 1 else f'{threads} threads'}, {self._seen.when}" if threads else ""
        )

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        link = item.data(0, _LINK)
        if isinstance(link, CodePlace):
            self.place_chosen.emit(link)
        elif link is not None:
            self.selected.emit(link)
