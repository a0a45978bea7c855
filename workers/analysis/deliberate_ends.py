"""Which processes were ended on purpose, and by what. Pure functions on a timeline, any process.

A process that terminate(), kill(), interrupt(), the user or the end of its parent ended got a signal, but it did not fail.
Findings and the status sentence both ask this module, so that they agree.
"""

from collections.abc import Iterator

from workers.timeline.model import Call, CallName, Process
from workers.timeline.timeline import Timeline

BY_EXIT = "the end of the parent"
BY_USER = "the user"

NEAR_NS = 500_000_000
"""Two ends no further apart than this may be cause and effect."""

_SIGNALS = {
    CallName.TERMINATE: frozenset(("SIGTERM",)),
    CallName.KILL: frozenset(("SIGKILL", "SIGTERM")),  # kill() is terminate() on Windows
    CallName.INTERRUPT: frozenset(("SIGINT",)),
    CallName.TERMINATE_WORKERS: frozenset(("SIGTERM",)),
    CallName.KILL_WORKERS: frozenset(("SIGKILL", "SIGTERM")),
}
_EXIT_CODE_FILES = ("multiprocessing/util.py", "multiprocessing\\util.py")  # Python's own joins at exit are made here


def deliberate_end(timeline: Timeline, process: Process) -> str | None:
    """What ended this process on purpose: the call, as ``terminate()``, BY_USER or BY_EXIT; None where nothing did.

    The signal that ended the process has to be the one that was sent: a process that survives terminate() and is killed
    later, for lack of memory for example, was not ended by that terminate().
    """
    ended_by, at_latest_ns = process.signal_name, (process.exited_ns or 0) + process.exited_within_ns
    if process.error == "KeyboardInterrupt" and process.exit_code == 1:
        ended_by, at_latest_ns = "SIGINT", process.target_ended_ns or 0  # that is how Python takes the signal
    if ended_by is None:
        return None
    for way, signals, at_ns in _sent(timeline, process):
        if ended_by in signals and at_ns <= at_latest_ns:
            return way
    if process.daemon and ended_by == "SIGTERM" and ended_at_exit(timeline, process):
        return BY_EXIT
    return None


def _sent(timeline: Timeline, process: Process) -> Iterator[tuple[str, frozenset[str], int]]:
    """(by what, the signals that it ends a process with, when) of every signal that was sent to this process on purpose."""
    for call in timeline.calls_on(process.id):
        # A call that raised sent nothing, unless it had sent something to this one of an executor's workers before.
        if call.name in _SIGNALS and (call.error is None or call.workers):
            yield f"{call.name.value}()", _SIGNALS[call.name], call.began_ns
    for sent in timeline.signalled:
        if sent.process == process.id:
            yield BY_USER, frozenset((sent.signal,)), sent.at_ns


def ended_at_exit(timeline: Timeline, process: Process) -> bool:
    """Whether it ended when its parent's interpreter did."""
    if process.parent_id is None or process.exited_ns is None:
        return False
    parent = timeline.process(process.parent_id)
    joined = any(is_exit_join(call) for call in timeline.calls_on(process.id))
    near = parent.target_ended_ns is not None and abs(parent.target_ended_ns - process.exited_ns) < NEAR_NS
    return joined or near


def is_exit_join(call: Call) -> bool:
    """Whether Python made this join() at the exit of an interpreter, and not the program itself."""
    return call.name is CallName.JOIN and call.file.endswith(_EXIT_CODE_FILES)
