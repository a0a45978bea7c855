"""The runs that are kept, as a list. No Qt; any process and thread."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workers.errors import PlanError
from workers.history.summaries import RunOutcome, Summary, load_summary
from workers.journal.journal_reader import JournalReader
from workers.journal.keeper_kinds import RunBegan
from workers.journal.run_files import KEEPER
from workers.plan.plan import Plan
from workers.runs.leases import held_runs
from workers.runs.run_folders import is_going_on, run_folders, size_of
from workers.runs.run_names import name_of, title_of

GOES_ON = "It is still going on."
_STAMP_LETTERS = len("20261231-235959")


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of the list. name: as its person calls it, empty for none. title: the plan, or the script with its arguments.
    started: in local time. summary: None while it is not known."""

    folder: Path
    name: str
    title: str
    started: datetime | None
    summary: Summary | None = None

    @property
    def going_on(self) -> bool:
        """Whether the run has not ended."""
        return self.summary is not None and self.summary.outcome is RunOutcome.GOING_ON


def list_runs(known: Mapping[Path, Summary]) -> Iterator[Entry]:
    """Every run that is kept, the newest first. Quick: only what is in `known`, or kept beside the journals, has a summary."""
    held = held_runs()
    for folder in run_folders():
        if is_going_on(folder) or (folder.name in held and not (folder / KEEPER).exists()):
            title, started_at = _beginning(folder)
            summary = Summary(title, started_at, None, RunOutcome.GOING_ON, GOES_ON, size_of(folder))
            yield entry_of(folder, summary)
            continue
        yield entry_of(folder, known.get(folder) or load_summary(folder))


def entry_of(folder: Path, summary: Summary | None) -> Entry:
    """The list's entry of a run, with what is known of it."""
    told = None if summary is None else (summary.title, summary.started_at)
    title, started_at = _beginning(folder) if told is None or not told[0] else told
    return Entry(folder, name_of(folder), title, _moment(started_at) or _named_moment(folder), summary)


def _beginning(folder: Path) -> tuple[str, str]:
    """(what was run, when it began) by the first words of its keeper; what cannot be read of that is empty."""
    reader = JournalReader(folder / KEEPER)
    first = next((record for record in reader.read()[0] if isinstance(record, RunBegan)), None)
    if first is None:
        return "", ""
    try:
        manifest = json.loads(reader.texts.get(first.manifest_text, ""))
        plan = Plan.from_json(manifest["plan"]) if isinstance(manifest["plan"], str) else None
        return title_of([str(word) for word in manifest["argv"]], plan), str(manifest["started_at"])
    except (ValueError, LookupError, TypeError, RecursionError, PlanError):
        return "", ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone().replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def _named_moment(folder: Path) -> datetime | None:
    """When the folder was made, as its name says."""
    try:
        return datetime(*time.strptime(folder.name[:_STAMP_LETTERS], "%Y%m%d-%H%M%S")[:6])
    except ValueError:
        return None
