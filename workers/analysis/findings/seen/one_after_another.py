"""one_after_another: each process was started when the one before had been joined. Pure functions on a timeline."""

from itertools import pairwise

from workers.analysis.deliberate_ends import is_exit_join
from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.model import CallName, Process
from workers.timeline.timeline import Timeline

_LEAST_NS = 200_000_000


def find(timeline: Timeline, children: list[Process]) -> Finding | None:
    """The note; None where two of them were there at the same time, or all were over at once."""
    started = sorted(
        (p for p in children if p.start_called_ns is not None and not p.not_born), key=lambda p: p.start_called_ns or 0
    )
    joined = {
        call.process: call.ended_ns
        for call in timeline.calls_by(1)
        if call.name is CallName.JOIN and call.result and call.ended_ns is not None and not is_exit_join(call)
    }
    if len(started) < 2:
        return None
    for before, after in pairwise(started):
        joined_ns = joined.get(before.id)
        if joined_ns is None or after.start_called_ns is None or joined_ns > after.start_called_ns:
            return None
    first, second = started[:2]
    began_ns, last_ns = first.start_called_ns or 0, started[-1].last_ns
    if last_ns is None or last_ns - began_ns < _LEAST_NS:
        return None
    text = (
        f"{second.name} was started when {first.name} had been joined: start() and join() in turn let the {len(started)} "
        "processes run one after another."
    )
    return Finding(
        "one_after_another", Severity.INFO, text, tuple(p.id for p in started), at_ns=second.start_called_ns,
        evidence=few(place for p in started for place in of_life(p)),
    )  # fmt: skip
