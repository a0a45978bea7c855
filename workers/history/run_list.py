"""The list of kept runs. Any process and thread, no Qt."""

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
from workers.runs.leases import leased_runs
from workers.runs.run_folders import is_running, run_folders, size_of
from workers.runs.run_names import name_of, title_of

STILL_RUNNING = "It is still running."
_STAMP_LETTERS = len("20261231-235959")


@dataclass(frozen=True, slots=True)
class Entry:
    """One run in the list.

    name: given by the user; empty for none. title: the plan, or the script with its arguments. started: in local time.
    summary: None while it is not known.
    """

    folder: Path
    name: str
    title: str
    started: datetime | None
    summary: Summary | None = None

    @property
    def running(self) -> bool:
        """Whether the run has not ended."""
        return self.summary is not None and self.summary.outcome is RunOutcome.RUNNING


def list_runs(known: Mapping[Path, Summary]) -> Iterator[Entry]:
    """Every kept run, the newest first.

    Quick: no journals are read. A run has a summary only when it is in `known` or has one beside its journals.
    """
    leased = leased_runs()
    for folder in run_folders():
        if is_running(folder) or (folder.name in leased and not (folder / KEEPER).exists()):
            title, started_at = _beginning(folder)
            summary = Summary(title, started_at, None, RunOutcome.RUNNING, STILL_RUNNING, size_of(folder))
            yield entry_of(folder, summary)
            continue
        yield entry_of(folder, known.get(folder) or load_summary(folder))


def entry_of(folder: Path, summary: Summary | None) -> Entry:
    """The entry of one run. summary: None when there is none yet; title and start then come from the keeper's journal."""
    if summary is not None and summary.title:
        title, started_at = summary.title, summary.started_at
    else:
        title, started_at = _beginning(folder)
    return Entry(folder, name_of(folder), title, _moment(started_at) or _named_moment(folder), summary)


def _beginning(folder: Path) -> tuple[str, str]:
    """(title, start) as the keeper wrote them first; empty where they cannot be read."""
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
    """The time in the folder's name, when it was made."""
    try:
        return datetime(*time.strptime(folder.name[:_STAMP_LETTERS], "%Y%m%d-%H%M%S")[:6])
    except ValueError:
        return None
