"""The list of kept runs. Any process and thread, no Qt."""

import json
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
from workers.runs.keeper_marks import KeeperState, keeper_state
from workers.runs.leases import leased_runs
from workers.runs.run_folders import moment_of_name, run_folders, size_of
from workers.runs.run_names import name_of, title_of

STILL_RUNNING = "It is still running."
MAY_BE_RUNNING = "It may still be running in another container or on another machine, which cannot be seen from here."
_GOING_ON = {
    KeeperState.RUNNING: (RunOutcome.RUNNING, STILL_RUNNING),
    KeeperState.UNKNOWN: (RunOutcome.UNKNOWN, MAY_BE_RUNNING),
}


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
        """Whether the run has not ended, as far as is known."""
        return self.summary is not None and self.summary.outcome in (RunOutcome.RUNNING, RunOutcome.UNKNOWN)


def list_runs(known: Mapping[Path, Summary]) -> Iterator[Entry]:
    """Every kept run, the newest first.

    Quick: no journals are read. A run has a summary only when it is in `known` or has one beside its journals.
    """
    folders = run_folders()
    leased = leased_runs()  # after the folders: each has its lease before it is there
    for folder in folders:
        state = keeper_state(folder)
        if state is KeeperState.GONE and folder.name in leased and not (folder / KEEPER).exists():
            state = KeeperState.RUNNING  # it is about to begin
        if state is not KeeperState.GONE:
            title, started_at = _beginning(folder)
            outcome, sentence = _GOING_ON[state]
            yield entry_of(folder, Summary(title, started_at, None, outcome, sentence, size_of(folder)))
            continue
        yield entry_of(folder, known.get(folder) or load_summary(folder))


def entry_of(folder: Path, summary: Summary | None) -> Entry:
    """The entry of one run. summary: None when there is none yet; title and start then come from the keeper's journal."""
    if summary is not None and summary.title:
        title, started_at = summary.title, summary.started_at
    else:
        title, started_at = _beginning(folder)
    return Entry(folder, name_of(folder), title, _moment(started_at) or moment_of_name(folder.name), summary)


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
