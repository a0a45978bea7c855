"""Looks through the runs that are kept: what a job of the history does. The job's thread, in the window's process."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.jobs import JobThread
from workers.formats.saved_run_format import remove_stale_unpacked
from workers.history.cut_short import end_leftover_processes, newly_cut_short
from workers.history.run_list import Entry, entry_of, list_runs
from workers.history.summaries import Summary, keep_summary, read_summary
from workers.runs.retention import make_room
from workers.runs.run_folders import size_of

_PAUSE_S = 0.004
"""Between two portions of a run that is read: the window's thread has its turn."""


@dataclass(frozen=True, slots=True)
class RunsListed:
    """entries: one for every run, some still without a summary."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RunSummarized:
    """entry: of a run whose summary had to be made."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class RunsCutShort:
    """entries: of the runs that were cut short, newest first, at least one. ended: how many of their processes were still
    running and have been ended."""

    entries: tuple[Entry, ...]
    ended: int


@dataclass(frozen=True, slots=True)
class HistoryLook:
    """What to do, in this order. Each part can be left out.

    ended: a run that has just ended, and its summary, which is kept with it.
    tidy: delete the runs beyond the limits, and what killed processes had unpacked.
    look_back: report the runs that were cut short (`RunsCutShort`).
    listing: report all runs (`RunsListed`), then each one whose summary is missing (`RunSummarized`).
    """

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

    def carry_out(self, known: Mapping[Path, Summary], job: JobThread) -> None:
        """Do it all. known: summaries that need not be read again; it is only read. Raises CancelledError while summaries are
        made."""

        def continues() -> bool:
            return not job.cancelled

        if self.ended is not None:
            folder, summary = self.ended
            keep_summary(folder, replace(summary, size_bytes=size_of(folder)))
        if self.tidy:
            make_room(continues, ended=None if self.ended is None else self.ended[0])
            remove_stale_unpacked()
        if self.look_back:
            found = tuple(entry_of(folder, None) for folder in newly_cut_short())
            ended = sum(end_leftover_processes(entry.folder, continues) for entry in found)
            if found:
                job.report(RunsCutShort(found, ended))
        if self.listing:
            _list_runs(known, job)


def _list_runs(known: Mapping[Path, Summary], job: JobThread) -> None:
    entries = tuple(list_runs(known))
    job.report(RunsListed(entries))
    for entry in entries:
        if entry.summary is None:
            summary = read_summary(entry.folder, lambda done: job.pause(_PAUSE_S))
            keep_summary(entry.folder, summary)
            job.report(RunSummarized(entry_of(entry.folder, summary)))
