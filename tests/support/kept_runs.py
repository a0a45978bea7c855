"""Runs in the state folder, made by hand: folders with a summary, or with a keeper's journal of given records."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from workers.history.summaries import RunOutcome, Summary, keep_summary
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER
from workers.plan.plan import Plan, StartMethod, Workload
from workers.recorded.probe import Journal
from workers.runs.run_folders import runs_folder
from workers.runs.run_names import rename
from workers.timeline.model import EndedBy

FIRST = datetime(2026, 1, 1, 12)
PLAN = Plan.make([10_000] * 2, Workload.SORT, StartMethod.FORK)


def folder(number: int) -> Path:
    """An empty folder for the run of this number: the higher, the newer."""
    made = runs_folder() / f"{FIRST + timedelta(minutes=number):%Y%m%d-%H%M%S}-{number:012x}"
    made.mkdir(parents=True)
    return made


def kept_run(number: int, outcome: RunOutcome = RunOutcome.DONE, *, name: str = "", size_bytes: int = 50_000) -> Path:
    """A run that has ended and has a summary. size_bytes: the size of a file in it, which its summary has too."""
    made = folder(number)
    (made / "output.bin").write_bytes(bytes(size_bytes))
    started = FIRST + timedelta(minutes=number)
    sentence = f"Run {number} is {outcome}."
    keep_summary(made, Summary(f"plan {number}", started.isoformat(), number + 0.5, outcome, sentence, size_bytes))
    if name:
        rename(made, name)
    return made


def recorded_run(
    number: int, *ends: EndedBy | Kind, plan: bool = True, argv: tuple[str, ...] = ("python", "x")
) -> Path:
    """A run with a keeper's journal: launched, and then what `ends` says, such as the keeper's last record, Kind.ENDED."""
    made = folder(number)
    journal = Journal(str(made / KEEPER))
    manifest = {"argv": argv, "plan": PLAN.to_json() if plan else None, "title": "parent",
                "started_at": f"{FIRST + timedelta(minutes=number):%Y-%m-%dT%H:%M:%S}"}  # fmt: skip
    journal.write(Kind.RUN, word=journal.text(json.dumps(manifest), False, 1 << 20), t=1_000, a=1)
    journal.write(Kind.LAUNCHED, t=2_000, a=4_000_000, b=77, c=3_000, d=0)
    for end in ends:
        if isinstance(end, EndedBy):
            journal.write(Kind.ENDING, t=1_000_000, a=end)
        else:
            journal.write(end, 1, t=2_000_000, a=0)
    return made
