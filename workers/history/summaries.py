"""Summaries of runs for the list: what was run, how long it took, how it ended. Any process and thread, no Qt.

A summary is made of the run's timeline, which for a large run takes seconds to read. So it is kept beside the journals in
`summary.json`: by the process that has the timeline at the run's end, else by the first one that lists the run. It can be made
again at any time.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from workers.analysis import status
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.errors import OpenError
from workers.formats.blocks import Progress
from workers.formats.run_reader import read_run
from workers.journal.codes import EndedBy
from workers.journal.run_files import open_part
from workers.runs.run_folders import size_of
from workers.runs.run_names import title_of
from workers.system.atomic_files import ExportError, write_atomically
from workers.timeline.timeline import Timeline

SUMMARY = "summary.json"
FORMAT = 1
"""A summary of another format is made again."""

_MOST_BYTES = 1 << 20
_MOST_SIZE, _LONGEST_S = 1 << 60, 1e10
"""Beyond these a summary is damaged: no disk has so many bytes, and no run lasts for centuries."""


class RunOutcome(StrEnum):
    """How a run ended, in a word or two."""

    RUNNING = "still running"
    UNKNOWN = "not known"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    CUT_SHORT = "cut short"
    NOT_STARTED = "not started"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of one run.

    title: the plan, or the script with its arguments. started_at: ISO 8601, as recorded.
    duration_s: from the program's start to its exit, or else to the last recorded moment; None without a start, or while it
        runs.
    sentence: how it ended.
    """

    title: str
    started_at: str
    duration_s: float | None
    outcome: RunOutcome
    sentence: str
    size_bytes: int


def summarize(timeline: Timeline, size_bytes: int) -> Summary:
    """The summary of a run that has ended. size_bytes: its size on the disk."""
    began = timeline.program is not None and timeline.program.began
    return Summary(
        title_of(timeline.argv, timeline.plan),
        timeline.started_at,
        timeline.took_ns / 1e9 if began else None,
        _outcome(timeline),
        status.sentence(timeline, stopped=timeline.ended_by is EndedBy.PERSON),
        size_bytes,
    )


def read_summary(folder: Path, progress: Progress | None = None) -> Summary:
    """The summary of the run in `folder`, made by reading all of its journals. One that cannot be read has a summary too.

    Raises CancelledError when `progress` says so.
    """
    try:
        return summarize(read_run(folder, progress), size_of(folder))
    except OpenError as error:
        return Summary("", "", None, RunOutcome.UNREADABLE, str(error), size_of(folder))


def keep_summary(folder: Path, summary: Summary) -> None:
    """Keep the summary beside the journals, if it is final. Never raises: a summary that is missing is made again."""
    if summary.outcome in (RunOutcome.RUNNING, RunOutcome.UNREADABLE):
        return
    try:
        write_atomically(folder / SUMMARY, json.dumps({"format": FORMAT, **asdict(summary)}, indent=1).encode("ascii"))
    except ExportError:
        pass


def load_summary(folder: Path) -> Summary | None:
    """The summary that is kept with a run; None when there is no usable one."""
    try:
        with open_part(folder / SUMMARY) as file:
            file.seek(0)
            kept = json.loads(file.read(_MOST_BYTES))
        if kept["format"] != FORMAT:
            return None
        took, size = kept["duration_s"], int(kept["size_bytes"])
        took = None if took is None else float(took)
        if not (0 <= size < _MOST_SIZE and (took is None or 0 <= took < _LONGEST_S)):
            return None
        return Summary(
            str(kept["title"]), str(kept["started_at"]), took, RunOutcome(kept["outcome"]), str(kept["sentence"]), size
        )
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None


def _outcome(timeline: Timeline) -> RunOutcome:
    program = timeline.program
    if program is None or not program.began:
        return RunOutcome.NOT_STARTED
    if timeline.cut_off or timeline.ended_by is EndedBy.OWNER_GONE:
        return RunOutcome.CUT_SHORT
    if timeline.ended_by is EndedBy.PERSON:
        return RunOutcome.STOPPED
    # A worker that the program itself ended, as a Pool does with its workers, is no failure.
    problems = any(finding.severity is Severity.PROBLEM for finding in findings(timeline))
    return RunOutcome.FAILED if program.failed or problems else RunOutcome.DONE
