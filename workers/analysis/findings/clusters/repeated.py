"""retried, computed_again: attempts beyond the first. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity, names
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.timeline import Timeline

_MOST_NAMES = 3


def find(timeline: Timeline, facts: ClusterFacts) -> Iterator[Finding]:
    """One finding for attempts after an exception, one for those after a result was lost."""
    retried = sum(facts.retried.values())
    if retried:
        text = (
            f"{_attempts(retried)} followed one that had raised ({_by_name(facts.retried)}): the cluster tried again."
        )
        yield Finding("retried", Severity.ADVICE, text)
    again = sum(facts.recomputed.values())
    if again:
        ended = [process for process in timeline.processes if process.id in facts.left]
        after = f", after {names(ended)} had left the cluster" if ended else ""
        of = _by_name(facts.recomputed)
        text = f"{_attempts(again)} repeated a task that had returned ({of}){after}: its result was gone."
        yield Finding("computed_again", Severity.ADVICE, text, tuple(process.id for process in ended[:100]))


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count:,} attempts"


def _by_name(counts: dict[str, int]) -> str:
    most = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    shown = ", ".join(f"{count:,} of {name}" for count, name in most[:_MOST_NAMES])
    return shown + (f" and {len(most) - _MOST_NAMES} more names" if len(most) > _MOST_NAMES else "")
