"""The thread that looks through the runs that are kept, so that the window stays live meanwhile. One QThread a look, in the
window's process."""

import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from workers.errors import CancelledError
from workers.formats.saved_run_format import remove_stale_unpacked
from workers.history.cut_short import end_remains, newly_cut_short
from workers.history.run_list import entry_of, list_runs
from workers.history.summaries import Summary, keep_summary, read_summary
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of

_PAUSE_S = 0.004
"""Between two portions of a run that is read: the window's thread has its turn."""


@dataclass(frozen=True, slots=True)
class HistoryLook:
    """What to do. ended: a run that has just ended, and its summary, to be kept with it. tidy: forget what is beyond the
    limits, and what a process that was killed had unpacked. look_back: find runs that were cut short. listing: list all runs,
    with the summaries that are missing."""

    ended: tuple[Path, Summary] | None = None
    tidy: bool = False
    look_back: bool = False
    listing: bool = False

    def with_(self, other: "HistoryLook") -> "HistoryLook":
        """Both in one."""
        return HistoryLook(
            other.ended or self.ended,
            self.tidy or other.tidy,
            self.look_back or other.look_back,
            self.listing or other.listing,
        )


class HistoryThread(QThread):
    """Carries out one look, in the order of its parts. cut_short: the entries of such runs, newest first, if there are any,
    and how many of their processes were still there and have been ended.
    listed: a tuple with the entry of every run. summarized: the entry of one whose summary had to be made. failed: a sentence
    and details. `finished` (QThread's) always comes last.

    known: summaries that need not be read again.
    """

    cut_short = Signal(object, int)
    listed = Signal(object)
    summarized = Signal(object)
    failed = Signal(str, str)

    def __init__(self, look: HistoryLook, known: Mapping[Path, Summary], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._look = look
        self._known = dict(known)
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Have it come to its end. From any thread."""
        self._cancelled.set()

    def run(self) -> None:
        """The thread's life."""
        try:
            self._carry_out(self._look)
        except CancelledError:
            pass
        except Exception as error:
            self.failed.emit(f"The history could not be read: {error}.", traceback.format_exc())

    def _carry_out(self, look: HistoryLook) -> None:
        if look.ended is not None:
            folder, summary = look.ended
            keep_summary(folder, replace(summary, size_bytes=size_of(folder)))
        if look.tidy:
            make_room(self._goes_on)
            remove_stale_unpacked()
        if look.look_back:
            self._look_back()
        if look.listing:
            self._list()

    def _look_back(self) -> None:
        found = tuple(entry_of(folder, None) for folder in newly_cut_short())
        ended = sum(end_remains(entry.folder, self._goes_on) for entry in found)
        if found:
            self.cut_short.emit(found, ended)

    def _goes_on(self) -> bool:
        return not self._cancelled.is_set()

    def _list(self) -> None:
        entries = tuple(list_runs(self._known))
        self.listed.emit(entries)
        for entry in entries:
            if entry.summary is None:
                summary = read_summary(entry.folder, self._progress)
                keep_summary(entry.folder, summary)
                self.summarized.emit(entry_of(entry.folder, summary))

    def _progress(self, done: float) -> bool:
        return not self._cancelled.wait(_PAUSE_S)
