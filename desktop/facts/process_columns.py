"""The columns of the table of processes: one fact of every process each. Pure functions without Qt, in the window's
thread."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from desktop.facts.formatting import UNKNOWN, format_count, format_cpu, format_moment
from desktop.facts.visible_text import visible
from desktop.facts.wait_facts import waits_for
from workers.analysis.waits import described
from workers.plan.sizes import format_bytes
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One fact of every process.

    value: what the column sorts by, None = not known. text: what the user reads. number: shown at the right. sample: a text
    that the column is wide enough for.
    """

    label: str
    value: Callable[[Timeline, Process], str | float | None]
    text: Callable[[Timeline, Process], str]
    number: bool = False
    sample: str = ""


GLOBALS = "Globals at the end"
_LONGEST_NAME, _NAME_ENDS = 12, 5
_ASSIGNED = re.compile(rf"(?:(?<=^)|(?<=; ))(\w{{{_LONGEST_NAME + 1},}}) = ")


def globals_text(timeline: Timeline, process: Process) -> str:
    """The last recorded value of each watched global: ``global_var_list = [True, None]``."""
    last = {watched.name: watched for watched in timeline.watched_of(process.id)}
    return "; ".join(f"{visible(name)} = {visible(watched.value)}" for name, watched in last.items())


def short_globals(text: str) -> str:
    """The same with long names cut in their middle: they repeat from row to row, and the values are looked for."""
    return _ASSIGNED.sub(lambda found: f"{found[1][:_NAME_ENDS]}…{found[1][-_NAME_ENDS:]} = ", text)


def exit_code_text(process: Process) -> str:
    """``0``, ``1``, or ``SIGKILL (-9)``; ``lost`` when its end was not recorded."""
    if process.lost:
        return "lost"
    if process.exit_code is None:
        return UNKNOWN
    return f"{process.signal_name} ({process.exit_code})" if process.signal_name else str(process.exit_code)


def _moment(label: str, attribute: str) -> FactColumn:
    def value(_: Timeline, process: Process) -> int | None:
        at_ns: int | None = getattr(process, attribute)
        return at_ns

    return FactColumn(label, value, lambda t, p: format_moment(value(t, p)), number=True, sample="1,234.567 s")


def _word(label: str, read: Callable[[Timeline, Process], str], sample: str = "") -> FactColumn:
    return FactColumn(label, lambda t, p: read(t, p) or None, lambda t, p: read(t, p) or UNKNOWN, sample=sample)


def _count(
    label: str, read: Callable[[Process], float | None], write: Callable[[float], str], sample: str
) -> FactColumn:
    def text(_: Timeline, process: Process) -> str:
        count = read(process)
        return UNKNOWN if count is None else write(count)

    return FactColumn(label, lambda _, p: read(p), text, number=True, sample=sample)


def _cpu_measured(process: Process) -> float | None:
    """The last measured CPU time of a process; None where its end was missed and no sample before it has any."""
    cut = process.ended and not process.cpu_whole
    return None if cut and not process.cpu_s else process.cpu_s


def _cpu_of(process: Process) -> str:
    seconds = _cpu_measured(process)
    if seconds is None:
        return UNKNOWN
    return f"{'at least ' if process.ended and not process.cpu_whole else ''}{format_cpu(seconds)}"


def _pid(count: float) -> str:
    return str(int(count))


WAITS = "Waits"


def waits_text(timeline: Timeline, process: Process) -> str:
    """What its first thread waits in: ``queue, in Queue.get() (worker.py:41)``; empty while it moves."""
    at_ns = timeline.now_ns if process.last_ns is None else process.last_ns
    wait = next((one for one in reversed(process.waits) if one.main), None)
    if wait is None or wait.since_ns > at_ns or (wait.until_ns is not None and wait.until_ns < at_ns):
        return ""
    found = described(timeline, process, wait)
    if found.call is None and found.of is None:
        return waits_for(found)
    of = f" of {visible(timeline.process(found.of).name)}" if found.of is not None else ""
    return f"{found.kind}{of}" + (f",{visible(found.call.place)}" if found.call is not None else "")


COLUMNS: tuple[FactColumn, ...] = (
    _word("Name", lambda _, p: visible(p.name), "ForkPoolWorker-12"),
    _count("Pid", lambda p: p.pid, _pid, "1234567"),
    _word("State", lambda _, p: str(p.state), "exited, not joined"),
    _word(WAITS, waits_text, "queue, in Queue.get() (worker.py:41)"),
    FactColumn(
        "Exit code", lambda _, p: p.exit_code, lambda _, p: exit_code_text(p), number=True, sample="SIGTERM (-15)"
    ),
    _moment("Joined", "joined_ns"),
    _word(GLOBALS, globals_text, "global_var_list = [None, None, None, None]"),
    _moment("Start called", "start_called_ns"),
    _moment("Start returned", "start_returned_ns"),
    _moment("Target began", "target_began_ns"),
    _moment("Target ended", "target_ended_ns"),
    _moment("Exited", "exited_ns"),
    _moment("Reaped", "reaped_ns"),
    _count("Parent pid", lambda p: p.ppid, _pid, "1234567"),
    _word("Kind", lambda _, p: p.kind.value.replace("_", " "), "pool worker"),
    _word("Start method", lambda _, p: p.start_method or "", "forkserver"),
    _word("Daemon", lambda _, p: "yes" if p.daemon else "no", "yes"),
    _count("Printed lines", lambda p: p.output_lines, format_count, "100,000"),
    FactColumn(
        "CPU", lambda _, p: _cpu_measured(p), lambda _, p: _cpu_of(p), number=True, sample="at least 1,234.567 s"
    ),
    _count("Peak memory", lambda p: p.peak_rss_bytes, format_bytes, "1,000 MB"),
)
"""The columns of the table of processes, in order."""
