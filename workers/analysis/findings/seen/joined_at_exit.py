"""joined_at_exit: at its end the parent waited for children that it had not joined. Pure functions on a timeline."""

from workers.analysis.deliberate_ends import is_exit_join
from workers.analysis.findings.finding import Evidence, Finding, Severity, names
from workers.plan.sizes import format_duration
from workers.timeline.model import CallName, Process
from workers.timeline.timeline import Timeline

_LEAST_NS = 200_000_000


def find(timeline: Timeline, children: list[Process]) -> Finding | None:
    """The note; None where the parent had joined all of its children, or did not have to wait for the others."""
    calls = timeline.calls_by(1)
    joined = {call.process for call in calls if call.name is CallName.JOIN and call.result and not is_exit_join(call)}
    waits = [
        (call.began_ns, call.ended_ns, call.process)
        for call in calls
        if is_exit_join(call) and call.ended_ns is not None and call.process not in joined
    ]
    whom = [p for p in children if any(process == p.id for _, _, process in waits)]
    if not whom:
        return None
    began_ns, ended_ns = min(began for began, _, _ in waits), max(ended for _, ended, _ in waits)
    if ended_ns - began_ns < _LEAST_NS:
        return None
    duration = format_duration((ended_ns - began_ns) / 1e9)
    text = f"The parent waited {duration} at its exit for children that it had not joined: {names(whom)}."
    return Finding(
        "joined_at_exit", Severity.INFO, text, (1, *(p.id for p in whom)), at_ns=began_ns,
        evidence=(Evidence(1, began_ns, ended_ns),),
    )  # fmt: skip
