"""The history: opens the list of runs, carries out what the user does in it, and keeps it within its limits. The window's
thread.

A job does what takes time (`HistoryLook`), one look at a time. What is asked for meanwhile is done after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.control.history_look import HistoryLook, RunsCutShort, RunsListed, RunSummarized
from desktop.control.session import Session
from desktop.dialogs.history_dialog import HistoryDialog
from desktop.documents.document import Document
from desktop.documents.file_opening import BUSY, FileOpening
from desktop.facts.visible_text import visible
from desktop.jobs import Job, JobThread
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.toast import Toast
from workers.errors import ProcessionError
from workers.history.run_list import Entry
from workers.history.summaries import RunOutcome, Summary, summarize
from workers.runs import run_names, trash
from workers.runs.limits import Limits, load_limits, save_limits

REFRESH_MS = 2000
"""How often the list is read again while it is visible: other windows and terminals make runs, too."""
_MOST_PROCESSES = 1000
"""A run with so many is summarized in the window's thread in some 15 ms, which nobody notices."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that can be undone. name: in a word. undo: takes it back, and returns a sentence on that."""

    name: str
    undo: Callable[[], str]


class HistoryControl(QObject):
    """start_requested: the user wants to make the first run. compare_requested: the folders of two runs. failed: a sentence and
    details. clock: reads the list again while it is visible."""

    start_requested = Signal()
    compare_requested = Signal(object, object)
    failed = Signal(str, str)

    def __init__(
        self, window: QWidget, document: Document, session: Session, opening: FileOpening, toast: Toast
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._session = session
        self._opening = opening
        self._toast = toast
        self._palette = LIGHT
        self._dialog: HistoryDialog | None = None
        self._job = Job("history", self)
        self._job.reported.connect(self._on_reported)
        self._job.failed.connect(self.failed)
        self._job.ended.connect(self._on_job_ended)
        self._next: HistoryLook | None = None
        self._known: dict[Path, Summary] = {}
        self._changes: list[_Change] = []
        self.clock = QTimer(self)
        self.clock.setInterval(REFRESH_MS)
        self.clock.timeout.connect(self._on_clock)
        session.ended.connect(self._on_session_ended)

    def show(self) -> None:
        """Open the list, or bring it to the front."""
        if self._dialog is None:
            self._dialog = self._make_dialog()
            # Runs that were deleted before this start can be brought back, too.
            self._changes = [_deletion(deleted) for deleted in trash.deletions()]
        # A run that could not be read may have been incomplete then.
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
        self.clock.start()
        self._look(HistoryLook(listing=True))

    def look_back(self) -> None:
        """At the start: say which runs an earlier Procession left unfinished, and keep the history within its limits."""
        self._look(HistoryLook(tidy=True, look_back=True))

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        if self._dialog is not None:
            self._dialog.panel.set_palette(palette)

    def end(self) -> None:
        """Look no further, for good, and close the list."""
        self._next = None
        self.clock.stop()
        self._job.close()
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
        panel.compare_requested.connect(self.compare_requested)
        panel.undo_requested.connect(self._on_undo)
        panel.start_requested.connect(self._on_start)
        panel.limits.changed.connect(self._on_limits)
        dialog.hidden.connect(self.clock.stop)
        return dialog

    @property
    def looking(self) -> bool:
        """Whether a job is looking through the runs."""
        return self._job.running

    # The job.

    def _look(self, look: HistoryLook) -> None:
        """Have this done: at once, or else after what is being done."""
        if self._job.running:
            self._next = look if self._next is None else self._next.with_(look)
            return
        known = dict(self._known)

        def carry_out(job: JobThread) -> None:
            look.carry_out(known, job)

        self._job.start(carry_out, "The history could not be read")

    def _look_now(self) -> None:
        """List the runs at once. Summaries that are being made are continued afterwards."""
        self._look(HistoryLook(listing=True))
        if self._next is not None:
            self._job.cancel()

    def _on_job_ended(self) -> None:
        look, self._next = self._next, None
        if look is not None:
            self._look(look)

    def _on_clock(self) -> None:
        if not self._job.running:
            self._look(HistoryLook(listing=True))

    def _on_reported(self, news: object) -> None:
        match news:
            case RunsListed(entries):
                self._on_listed(entries)
            case RunSummarized(entry):
                self._on_summarized(entry)
            case RunsCutShort(entries, ended):
                self._on_cut_short(entries, ended)

    def _on_listed(self, entries: tuple[Entry, ...]) -> None:
        self._known = {entry.folder: entry.summary for entry in entries if entry.summary and not entry.running}
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
        few = {0: "", 1: " A process that was left was ended."}
        left = few.get(ended, f" {ended} processes that were left were ended.")
        text = f"{name}{when} was cut short: Procession ended before it. It is kept to its last event.{left}{more}"
        self._toast.offer(text, "Open it", partial(self._opening.open, str(newest.folder)))

    def _on_session_ended(self) -> None:
        run = self._document.run
        if run is None or run.folder is None:
            return
        # The job that lists a large run makes its summary; and the job measures how large each run is on the disk.
        small = len(run.timeline.processes) <= _MOST_PROCESSES
        self._look(HistoryLook(ended=(run.folder, summarize(run.timeline, 0)) if small else None, tidy=True))

    # What the user does.

    def _on_start(self) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self.start_requested.emit()

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
        self._document.update_name(folder)
        change = _Change("rename", partial(self._name_back, folder, before))
        self._did(change, "Renamed." if name.strip() else "It has no name any more.")

    def _name_back(self, folder: Path, before: str) -> str:
        run_names.rename(folder, before)
        self._document.update_name(folder)
        return "The name is as it was."

    def _on_delete(self, folders: list[Path]) -> None:
        deleted = trash.delete(folders)
        done = f"Deleted {_runs(len(deleted.runs))}." if deleted.runs else ""
        few = {0: "", 1: "A run that is still running or is shown stays."}
        left = few.get(len(deleted.left), f"{len(deleted.left)} runs that are still running or are shown stay.")
        sentences = " ".join(filter(None, (done, left, deleted.error)))
        if deleted.runs:
            self._did(_deletion(deleted), sentences)
        else:
            self._say(sentences)
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

    def _did(self, change: _Change, sentence: str) -> None:
        self._changes.append(change)
        self._show_undo()
        self._say(sentence)
        self._look_now()

    def _show_undo(self) -> None:
        if self._dialog is not None:
            self._dialog.panel.show_undo(self._changes[-1].name if self._changes else "")

    def _say(self, text: str) -> None:
        if self._dialog is not None:
            self._dialog.panel.say(text)


def _deletion(deleted: trash.Deleted) -> _Change:
    return _Change("delete", partial(_bring_back, deleted.at_ns))


def _bring_back(at_ns: int) -> str:
    back = trash.restore(at_ns)
    return f"{_runs(len(back))} brought back." if back else "What was deleted is gone for good."


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
