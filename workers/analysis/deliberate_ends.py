"""Which processes were ended on purpose, and by what. Pure functions on a timeline, any process.

A process that terminate(), kill(), interrupt(), the program's os.kill(), the user or the end of its parent ended got a
signal, but it did not fail. Findings and the status sentence both ask this module, so that they agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.timeline.model import Call, CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline

BY_EXIT = "the end of the parent"
BY_USER = "the user"
BY_OS_KILL = "os.kill()"
TRACKER = "resource tracker"
"""Since Python 3.13 it ends with exit code 1 where it had something to remove, and with 2 where that was gone by then, which is
the fault of others: see `leaked`."""

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


@dataclass(frozen=True, slots=True)
class ProgramSignal:
    """The signal that ended a process, sent by the program itself with os.kill().

    by: the id of the process that sent it. file, line: of the program; empty and 0 where a library sent it of its own accord.
    to_group: it was sent to a process group, which the process probably belonged to.
    """

    signal: str
    at_ns: int
    by: int
    file: str
    line: int
    to_group: bool


def program_signal(timeline: Timeline, process: Process) -> ProgramSignal | None:
    """The last os.kill() that explains the end of this process; None where none does."""
    ended_by, at_latest_ns = _end_signal(process)
    if ended_by is None:
        return None
    found = [
        ProgramSignal(sent.signal, sent.at_ns, sent.by, sent.file, sent.line, False)
        for sent in timeline.signalled_to(process.id)
        if sent.by is not None
    ]
    found += [
        ProgramSignal(sent.signal, sent.at_ns, sent.by, sent.file, sent.line, True)
        for sent in timeline.group_signals
        if (sent.own or _belongs(timeline, process, sent.group)) and at_latest_ns - sent.at_ns < NEAR_NS
    ]
    explains = [one for one in found if one.signal == ended_by and one.at_ns <= at_latest_ns]
    return max(explains, key=lambda one: one.at_ns, default=None)


def _interrupted_with_program(timeline: Timeline, process: Process, ended_by: str, at_latest_ns: int) -> bool:
    """Whether the user sent this signal to the program just before: a terminal sends it to the whole process group."""
    return process.id != 1 and any(
        sent.by is None and sent.signal == ended_by and abs(at_latest_ns - sent.at_ns) < NEAR_NS
        for sent in timeline.signalled_to(1)
    )


def _end_signal(process: Process) -> tuple[str | None, int]:
    """(the signal that ended this process, None where it was no signal; when that was sent at the latest)."""
    if process.error == "KeyboardInterrupt" and process.exit_code == 1:
        return "SIGINT", process.target_ended_ns or 0  # that is how Python takes the signal
    return process.signal_name, (process.exited_ns or 0) + process.exited_within_ns


def _belongs(timeline: Timeline, process: Process, group: int) -> bool:
    """Whether a process group has the pid of this process or of one of its ancestors, so that it is probably in it."""
    above: Process | None = process
    while above is not None:
        if above.pid == group:
            return True
        above = None if above.parent_id is None else timeline.process(above.parent_id)
    return False


def is_missed(timeline: Timeline, process: Process, signal: str) -> bool:
    """Whether others may wait in vain for what this process was to do: a pool's worker, or one that was running a task.

    Where the program kills such a process with os.kill(), that is no orderly end. An interrupt is one, as Ctrl-C is, which ends
    all that take part.
    """
    if signal == "SIGINT":
        return False
    return process.kind is ProcessKind.POOL_WORKER or bool(timeline.open_tasks(process.id))


def deliberate_end(timeline: Timeline, process: Process) -> str | None:
    """What ended this process on purpose: the call, as ``terminate()``, BY_USER or BY_EXIT; None where nothing did.

    The signal that ended the process has to be the one that was sent: a process that survives terminate() and is killed
    later, for lack of memory for example, was not ended by that terminate().
    """
    if process.kind is ProcessKind.HELPER and process.name == TRACKER and process.exit_code in (1, 2):
        return BY_EXIT
    ended_by, at_latest_ns = _end_signal(process)
    if ended_by is None:
        return None
    for way, signals, at_ns in _sent(timeline, process):
        if ended_by in signals and at_ns <= at_latest_ns:
            return way
    if _interrupted_with_program(timeline, process, ended_by, at_latest_ns):
        return BY_USER
    if process.daemon and ended_by == "SIGTERM" and ended_at_exit(timeline, process):
        return BY_EXIT
    sent = program_signal(timeline, process)
    if sent is not None and sent.by != process.id and not (sent.file and is_missed(timeline, process, sent.signal)):
        return BY_OS_KILL
    return None


def _sent(timeline: Timeline, process: Process) -> Iterator[tuple[str, frozenset[str], int]]:
    """(by what, the signals that it ends a process with, when) of every signal that was sent to this process on purpose."""
    for call in timeline.calls_on(process.id):
        # A call that raised sent nothing, unless it had sent something to this one of an executor's workers before.
        if call.name in _SIGNALS and (call.error is None or call.workers):
            yield f"{call.name.value}()", _SIGNALS[call.name], call.began_ns
    for sent in timeline.signalled_to(process.id):
        if sent.by is None:
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
