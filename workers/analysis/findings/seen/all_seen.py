"""What there is to see in a run that went well: how join(), copies of globals and the end of the parent show in it.

Pure functions on a timeline, any process. They are notes for someone who learns, of a run that has ended and of few processes
that the program started itself. A kind is a module of this folder and a line in KINDS; each makes one note at most.
"""

from collections.abc import Callable
from itertools import islice

from workers.analysis.findings.finding import Finding
from workers.analysis.findings.seen import joined_at_exit, one_after_another, own_copies, reaped_later
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

MOST_WORKERS = 12
"""Of more processes nobody looks at each."""

KINDS: tuple[Callable[[Timeline, list[Process]], Finding | None], ...] = (
    reaped_later.find,
    own_copies.find,
    joined_at_exit.find,
    one_after_another.find,
)

CODES = frozenset(("reaped_later", "own_copies", "joined_at_exit", "one_after_another"))


def find(timeline: Timeline) -> list[Finding]:
    """The notes of a run, by time."""
    if not timeline.ended or timeline.cut_ns is not None or timeline.cut_off or timeline.imported is not None:
        return []
    all_others = (p for p in timeline.processes if p.id != 1 and p.kind is not ProcessKind.HELPER and p.began)
    others = list(islice(all_others, MOST_WORKERS + 1))
    if not others or len(others) > MOST_WORKERS or any(p.kind is not ProcessKind.WORKER for p in others):
        return []
    children = [p for p in others if p.parent_id == 1]
    found = [note for note in (kind(timeline, children) for kind in KINDS) if note is not None]
    return sorted(found, key=lambda note: note.at_ns or 0)
