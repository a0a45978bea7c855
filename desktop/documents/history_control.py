"""The history: opens the list of runs, carries out what a person asks of it, and has it kept within its limits. The window's
thread.

Whatever takes time is done in a `HistoryThread`, one at a time; what is asked meanwhile is done after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.control.history_thread import HistoryLook, HistoryThread
from desktop.control.session import Session
from desktop.dialogs.history_dialog import HistoryDialog
from desktop.documents.file_opening import BUSY, FileOpening
from desktop.facts.visible_text import visible
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.toast import Toast
from workers.errors import ProcessionError
from workers.history.run_list import Entry
from workers.history.summaries import RunOutcome, Summary, summarize
from workers.runs import run_names, trash
from workers.runs.retention import Limits, load_limits, save_limits

REFRESH_MS = 2000
"""How often the list is made anew while it is seen: other windows and terminals make runs, too."""
_MOST_PROCESSES = 1000
"""So many can be summed up in the window's thread without anybody noticing: some 15 ms."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that can be undone: in a word, and how."""

    what: str
    undo: Callable[[], str]


class HistoryControl(QObject):
    """start_asked: there is no run yet, and the person wants one. compare_asked: the folders of two runs. failed: a sentence
    and details."""

    start_asked = Signal()
    compare_asked = Signal(object, object)
    failed = Signal(str, str)

    def __init__(self, window: QWidget, session: Session, opening: FileOpening, toast: Toast) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._opening = opening
        self._toast = toast
        self._palette = LIGHT
        self._dialog: HistoryDialog | None = None
        self._thread: HistoryThread | None = None
        self._next: HistoryLook | None = None
        self._ended = False
        self._known: dict[Path, Summary] = {}
        self._changes: list[_Change] = []
        self._clock = QTimer(self)
        self._clock.setInterval(REFRESH_MS)
        self._clock.timeout.connect(self._on_clock)
        session.ended.connect(self._on_session_ended)

    def show(self) -> None:
        """Open the list, or bring it to the front."""
        if self._dialog is None:
            self._dialog = self._make_dialog()
            # What an earlier start has deleted can be brought back, too.
            self._changes = [_deletion(deleted) for deleted in trash.deletions()]
        # What could not be read may have been on its way.
        self._known = {
            folder: kept for folder, kept in self._known.items() if kept.outcome is not RunOutcome.UNREADABLE
        }
        panel = self._dialog.panel
        panel.limits.show_limits(load_limits())
        panel.say("")
        self._show_undo()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        panel.focus_list()
        self._clock.start()
        self._look(HistoryLook(listing=True))

    def look_back(self) -> None:
        """At the start: say which runs an earlier Procession did not bring to their end, and keep to the limits."""
        self._look(HistoryLook(tidy=True, look_back=True))

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        if self._dialog is not None:
            self._dialog.panel.set_palette(palette)

    def end(self) -> None:
        """Let go of everything, and wait until the thread has ended, which takes a moment."""
        self._ended, self._next = True, None
        self._clock.stop()
        if self._thread is not None:
            self._thread.cancel()
            self._thread.wait()
        if self._dialog is not None:
            self._dialog.close()

    def _make_dialog(self) -> HistoryDialog:
        dialog = HistoryDialog(self._window)
        panel = dialog.panel
        panel.set_palette(self._palette)
        panel.open_requested.connect(self._on_open)
        panel.rename_requested.connect(self._on_rename)
        panel.delete_requested.connect(self._on_delete)
        panel.reveal_requested.connect(self._on_reveal)
        panel.compare_requested.connect(self.compare_asked)
        panel.undo_requested.connect(self._on_undo)
        panel.start_requested.connect(self._on_start)
        panel.limits.changed.connect(self._on_limits)
        dialog.hidden.connect(self._clock.stop)
        return dialog

    # The thread.

    def _look(self, look: HistoryLook) -> None:
        """Have this done: at once, or else after what is being done."""
        if self._ended:
            return
        if self._thread is not None:
            self._next = look if self._next is None else self._next.with_(look)
            return
        self._thread = thread = HistoryThread(look, self._known, self)
        thread.listed.connect(self._on_listed)
        thread.summarized.connect(self._on_summarized)
        thread.cut_short.connect(self._on_cut_short)
        thread.failed.connect(self.failed)
        thread.finished.connect(self._on_finished)
        thread.start()

    def _look_now(self) -> None:
        """List the runs without waiting for the summaries that are being made: that goes on afterwards."""
        self._look(HistoryLook(listing=True))
        if self._thread is not None and self._next is not None:
            self._thread.cancel()

    def _on_finished(self) -> None:
        if self._thread is not None:
            self._thread.wait()
            self._thread.deleteLater()
            self._thread = None
        look, self._next = self._next, None
        if look is not None:
            self._look(look)

    def _on_clock(self) -> None:
        if self._thread is None:
            self._look(HistoryLook(listing=True))

    def _on_listed(self, entries: tuple[Entry, ...]) -> None:
        self._known = {entry.folder: entry.summary for entry in entries if entry.summary and not entry.going_on}
        if self._dialog is not None:
            self._dialog.panel.show_entries(entries)

    def _on_summarized(self, entry: Entry) -> None:
        if entry.summary is not None:
            self._known[entry.folder] = entry.summary
        if self._dialog is not None:
            self._dialog.panel.show_entry(entry)

    def _on_cut_short(self, entries: tuple[Entry, ...], ended: int) -> None:
        newest = entries[0]
        name = visible(newest.name or newest.title) or "A run"
        when = "" if newest.started is None else f" of {newest.started:%Y-%m-%d %H:%M}"
        others = len(entries) - 1
        more = f" {_runs(others)} before it {'was' if others == 1 else 'were'} cut short, too." if others else ""
        said = {0: "", 1: " A process that was left was ended."}
        left = said.get(ended, f" {ended} processes that were left were ended.")
        text = f"{name}{when} was cut short: Procession ended before it. It is kept to its last event.{left}{more}"
        self._toast.offer(text, "Open it", partial(self._opening.open, str(newest.folder)))

    def _on_session_ended(self) -> None:
        timeline, folder = self._session.timeline, self._session.folder
        if timeline is None or folder is None:
            return
        # Of a large run the thread that lists it makes the summary; and it is the thread that sees how large it is on the disk.
        small = len(timeline.processes) <= _MOST_PROCESSES
        self._look(HistoryLook(ended=(Path(folder), summarize(timeline, 0)) if small else None, tidy=True))

    # What a person asks.

    def _on_start(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self.start_asked.emit()

    def _on_open(self, folder: Path) -> None:
        if self._session.running:
            self._say(BUSY)
            return
        if self._dialog is not None:
            self._dialog.close()
        self._opening.open(str(folder))

    def _on_reveal(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._say(f"There is no program here that shows folders. The run is in {folder}")

    def _on_rename(self, folder: Path, name: str) -> None:
        before = run_names.name_of(folder)
        try:
            run_names.rename(folder, name)
        except ProcessionError as error:
            self._say(str(error))
            return
        self._did(
            _Change("rename", partial(_name_back, folder, before)),
            "Renamed." if name.strip() else "It has no name any more.",
        )

    def _on_delete(self, folders: list[Path]) -> None:
        deleted = trash.delete(folders)
        done = f"Deleted {_runs(len(deleted.runs))}." if deleted.runs else ""
        stays = {0: "", 1: "A run that goes on or is shown stays."}
        left = stays.get(len(deleted.left), f"{len(deleted.left)} runs that go on or are shown stay.")
        said = " ".join(filter(None, (done, left, deleted.error)))
        if deleted.runs:
            self._did(_deletion(deleted), said)
        else:
            self._say(said)
            self._look_now()

    def _on_undo(self) -> None:
        if not self._changes:
            return
        try:
            self._say(self._changes.pop().undo())
        except ProcessionError as error:
            self._say(str(error))
        self._show_undo()
        self._look_now()

    def _on_limits(self, limits: Limits) -> None:
        try:
            save_limits(limits)
        except ProcessionError as error:
            self._say(str(error))

    def _did(self, change: _Change, said: str) -> None:
        self._changes.append(change)
        self._show_undo()
        self._say(said)
        self._look_now()

    def _show_undo(self) -> None:
        if self._dialog is not None:
            self._dialog.panel.show_undo(self._changes[-1].what if self._changes else "")

    def _say(self, text: str) -> None:
        if self._dialog is not None:
            self._dialog.panel.say(text)


def _deletion(deleted: trash.Deleted) -> _Change:
    return _Change("delete", partial(_bring_back, deleted.at_ns))


def _bring_back(at_ns: int) -> str:
    back = trash.restore(at_ns)
    return f"{_runs(len(back))} brought back." if back else "What was deleted is gone for good."


def _name_back(folder: Path, before: str) -> str:
    run_names.rename(folder, before)
    return "The name is as it was."


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
