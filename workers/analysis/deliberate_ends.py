"""Who was ended by the program itself: by terminate() or kill(), or as a daemon when its parent was done. Pure functions on a
timeline.

It is an end by a signal like others, but no failure of the process.
"""

from workers.timeline.model import Call, CallName, Process
from workers.timeline.timeline import Timeline

BY_EXIT = "the end of the parent"

_SIGNALS = {CallName.TERMINATE: "SIGTERM", CallName.KILL: "SIGKILL"}
_BY_EXIT = ("multiprocessing/util.py", "multiprocessing\\util.py")  # who joins at exit what the program did not
NEAR_NS = 500_000_000
"""How far apart two ends may be of which one is the other's doing."""


def what_ended(timeline: Timeline, process: Process) -> str | None:
    """What of the program had a process end by a signal, as ``terminate()``, ``kill()`` or BY_EXIT; None where nothing did."""
    by_ns = (process.exited_ns or 0) + process.exited_within_ns
    for call in timeline.calls_on(process.id):
        if (
            call.began_ns <= by_ns
            and process.signal_name is not None
            and _SIGNALS.get(call.name) == process.signal_name
        ):
            return f"{call.name.value}()"
    if process.daemon and process.signal_name == "SIGTERM" and ended_at_exit(timeline, process):
        return BY_EXIT
    return None


def ended_at_exit(timeline: Timeline, process: Process) -> bool:
    """Whether it ended when its parent's interpreter did."""
    if process.parent_id is None or process.exited_ns is None:
        return False
    parent = timeline.process(process.parent_id)
    joined = any(is_by_exit(call) for call in timeline.calls_on(process.id))
    near = parent.target_ended_ns is not None and abs(parent.target_ended_ns - process.exited_ns) < NEAR_NS
    return joined or near


def is_by_exit(call: Call) -> bool:
    """Whether an interpreter that ends joins here, and not the program."""
    return call.name is CallName.JOIN and call.file.endswith(_BY_EXIT)
