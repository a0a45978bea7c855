"""What a cluster costs and brings, in sentences: the same plan on it and without it. Pure functions, any process.

They state what was measured in one run of each, stage by stage, and add up only what is known of both.
"""

from collections.abc import Iterator

from workers.analysis.cluster_stages import Stages
from workers.plan.sizes import format_duration


def cluster_sentences(a: Stages, b: Stages) -> Iterator[str]:
    """The sentences on two runs, of which one was on a cluster."""
    (on, run), (off, other) = ((a, "A"), (b, "B")) if a.cluster else ((b, "B"), (a, "A"))
    if on.ready_s is not None and off.ready_s is not None:
        what = "made and ready" if on.made else "reached"
        yield (
            f"The cluster was {what} {_long(on.ready_s)} after the start ({run}); without one the first worker was started "
            f"after {_long(off.ready_s)} ({other})."
        )
    if on.work_s is not None and off.work_s is not None:
        yield (
            f"From the first beginning of the work to its last end it took {_long(on.work_s)} on the cluster, "
            f"{_long(off.work_s)} without."
        )
    if on.ending_s is not None and off.ending_s is not None:
        yield (
            f"From there to the end of the program it took {_long(on.ending_s)} with the cluster, "
            f"{_long(off.ending_s)} without."
        )
    total = _total(on, off)
    if total is not None:
        beside, work = total
        yield f"So the cluster {_words('costs', 'saves', beside)} beside the work, and {_words('costs', 'saves', work)} in it."
    if on.made:
        yield "That cluster was on this machine: both runs had the same cores, and it can bring no more of them."
    elif on.workers:
        machines = f"{on.hosts:,} machine{'s' if on.hosts != 1 else ''}"
        yield f"On the cluster {on.workers:,} worker{'s' if on.workers != 1 else ''} on {machines} did the work."


def _total(on: Stages, off: Stages) -> tuple[float, float] | None:
    """What the run on the cluster takes more: (before and after the work, in the work). None where a part is not known."""
    known = (on.ready_s, on.work_s, on.ending_s, off.ready_s, off.work_s, off.ending_s)
    if None in known:
        return None
    ready, work, ending, ready_off, work_off, ending_off = (value or 0.0 for value in known)
    return ready + ending - ready_off - ending_off, work - work_off


def _words(more: str, less: str, by_s: float) -> str:
    return f"{more if by_s > 0 else less} {_long(abs(by_s))}" if abs(by_s) >= 0.01 else "makes no difference"


def _long(seconds: float) -> str:
    return format_duration(max(0.0, seconds))
