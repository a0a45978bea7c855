"""value_race: processes change a shared Value in one statement that reads it, without a lock. Pure functions, any process."""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise

from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.timeline.incidents import UnguardedChange
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each Value, or item of an Array, that processes changed so while another one lived that did."""
    changes: dict[str, list[UnguardedChange]] = {}
    for one in timeline.mistakes:
        if isinstance(one, UnguardedChange):
            changes.setdefault(one.shared, []).append(one)
    told: set[tuple[str, int]] = set()
    for alike in changes.values():
        processes = [timeline.process(number) for number in sorted({one.process for one in alike})]
        first = min(alike, key=lambda one: one.at_ns)
        place = first.file, first.line
        if len(processes) < 2 or not _lived_together(processes) or place in told:
            continue
        told.add(place)
        where = f"{os.path.basename(first.file)}:{first.line}"
        text = (f"{names(processes)} change one shared Value or item of an Array at {where} without a lock of multiprocessing: "
                "the statement reads it and then writes it, and what another process writes in between is lost. Hold its "
                "get_lock() around the statement.")  # fmt: skip
        seen = few(Evidence(one.process, one.at_ns, one.at_ns) for one in alike)
        ids = tuple(process.id for process in processes)
        yield Finding(
            "value_race", Severity.ADVICE, capitalized(text), ids, None, first.at_ns, first.file, first.line, seen
        )


def _lived_together(processes: Sequence[Process]) -> bool:
    """Whether any two of them lived at the same time."""
    lives = sorted((p.life_began_ns or 0, float("inf") if p.last_ns is None else p.last_ns) for p in processes)
    return any(later[0] < earlier[1] for earlier, later in pairwise(lives))
