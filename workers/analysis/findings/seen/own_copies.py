"""own_copies: processes set a global, each its own copy, and the parent had another value. Pure functions on a timeline."""

from workers.analysis.findings.evidence import at_moment, few
from workers.analysis.findings.finding import Finding, Severity, names
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_LONGEST = 60


def find(timeline: Timeline, children: list[Process]) -> Finding | None:
    """The note on the first watched global that two or more children set; None where there is none."""
    values = {(one.name, one.process, one.when): one for one in timeline.watched}
    for name in dict.fromkeys(one.name for one in timeline.watched):
        at_end = values.get((name, 1, "ended"))
        ends = [(p, values.get((name, p.id, "began")), values.get((name, p.id, "ended"))) for p in children]
        changed = [(process, ended) for process, began, ended in ends if began and ended and began.value != ended.value]
        if at_end is None or len(changed) < 2 or any(ended.value == at_end.value for _, ended in changed):
            continue
        value = at_end.value if len(at_end.value) <= _LONGEST else f"{at_end.value[: _LONGEST - 1]}…"
        those = names([process for process, _ in changed])
        whose = f"Each process set its own copy of {name}" if len(changed) == len(children) else (
            f"{those} each set a copy of {name} of their own"
        )  # fmt: skip
        text = f"{whose}: at the end the parent's was {value}."
        first = min(ended.at_ns for _, ended in changed)
        return Finding(
            "own_copies", Severity.INFO, text, tuple(process.id for process, _ in changed), at_ns=first,
            evidence=few(place for process, ended in changed for place in at_moment(process.id, ended.at_ns)),
        )  # fmt: skip
    return None
