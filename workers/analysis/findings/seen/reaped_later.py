"""reaped_later: a process ended while the parent was in join() of another, and was reaped later. Pure functions."""

from workers.analysis.deliberate_ends import is_exit_join
from workers.analysis.findings.finding import Evidence, Finding, Severity, moment
from workers.timeline.model import Call, CallName, Process
from workers.timeline.timeline import Timeline

_LEAST_NS = 200_000_000
_LEAST_SHARE = 0.05
"""Of the run: a shorter wait can hardly be seen in its chart."""
_MOST = 0.8
"""Of the time until it was reaped: where the parent did much else meanwhile, the order of join() is not the cause."""


def find(timeline: Timeline, children: list[Process]) -> Finding | None:
    """The note on the process that waited longest; None where none did."""
    joins = [call for call in timeline.calls_by(1) if call.name is CallName.JOIN and not is_exit_join(call)]
    late = [
        (process.reaped_ns - process.exited_ns, process, blocking)
        for process in children
        if process.exited_ns is not None
        and process.reaped_ns is not None
        and (blocking := _waited_in(joins, process)) is not None
    ]
    least_ns = max(_LEAST_NS, _LEAST_SHARE * timeline.took_ns)
    late = [one for one in late if one[0] >= least_ns]
    if not late:
        return None
    _, process, blocking = max(late, key=lambda one: one[0])
    exited_ns, reaped_ns = process.exited_ns, process.reaped_ns
    assert exited_ns is not None
    assert blocking.process is not None
    more = len(late) - 1
    others = "" if not more else " It was so with 1 other process." if more == 1 else f" It was so with {more} others."
    text = (
        f"{process.name} ended at {moment(exited_ns)} and was reaped at {moment(reaped_ns)}: join() goes in order, and the "
        f"parent was in join() for {timeline.process(blocking.process).name}.{others}"
    )
    return Finding(
        "reaped_later", Severity.INFO, text, (process.id, blocking.process), at_ns=exited_ns,
        evidence=(Evidence(process.id, exited_ns, reaped_ns),),
    )  # fmt: skip


def _waited_in(joins: list[Call], process: Process) -> Call | None:
    """The join() of another process that the parent was in for most of the time until a join() of this one's own reaped it."""
    exited_ns, reaped_ns = process.exited_ns or 0, process.reaped_ns or 0
    own = any(one.process == process.id and one.began_ns <= reaped_ns <= (one.ended_ns or 0) for one in joins)
    if not own:
        return None
    within = [
        (min(one.ended_ns, reaped_ns) - max(one.began_ns, exited_ns), one)
        for one in joins
        if one.ended_ns is not None and one.process not in (None, process.id)
    ]
    longest_ns, longest = max(within, key=lambda one: one[0], default=(0, None))
    together_ns = sum(max(0, overlap_ns) for overlap_ns, _ in within)
    return longest if longest_ns > 0 and together_ns > _MOST * (reaped_ns - exited_ns) else None
