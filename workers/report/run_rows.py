"""What a process, a call, a printed line and so on look like in the report. Pure functions on a timeline, any process.

Keys are promises: they are only ever added. Times are seconds from the program's start; None = did not happen, or is not known.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from workers.analysis.critical_path import CriticalPath, StepKind
from workers.analysis.waits import DescribedWait, described_waits
from workers.report.long_lists import (
    LongList,
    Look,
    Values,
    elements,
    fact,
    known,
    listed,
    looked_up,
    made,
    rows,
    time,
    word,
)
from workers.report.seconds import seconds
from workers.timeline.model import Process
from workers.timeline.stacks import ThreadStack
from workers.timeline.tasks.effort import Effort
from workers.timeline.timeline import Timeline


def process_rows(timeline: Timeline) -> LongList:
    """All processes."""

    def waits(processes: Sequence[Process]) -> Values:
        return [_waits(timeline, process) if process.waits else [] for process in processes]

    look: Look = {
        "id": fact("id"),
        "pid": fact("pid"),
        "ppid": fact("ppid"),
        "parent_id": fact("parent_id"),
        "name": fact("name"),
        "kind": word("kind"),
        "start_method": fact("start_method"),
        "daemon": fact("daemon"),
        "start_called_s": time("start_called_ns"),
        "start_returned_s": time("start_returned_ns"),
        "target_began_s": time("target_began_ns"),
        "target_ended_s": time("target_ended_ns"),
        "exited_s": time("exited_ns"),
        "reaped_s": time("reaped_ns"),
        "joined_s": time("joined_ns"),
        "exit_code": fact("exit_code"),
        "signal": fact("signal_name"),
        "lost": fact("lost"),
        "left_running": fact("left"),
        "tasks": fact("tasks"),
        "output_lines": fact("output_lines"),
        "cpu_s": fact("cpu_s"),
        "peak_rss_bytes": known("peak_rss_bytes"),  # a dying process is seen to use 0
        "threads": fact("threads"),
        "host": known("host"),
        "address": known("address"),
        "clock_within_s": made(lambda process: seconds(process.clock_within_ns) if process.address else None),
        "cpu_wait_s": looked_up(timeline.effort, _cpu_wait_s),
        "private_bytes": looked_up(timeline.effort, attrgetter("private_bytes")),
        "shared_bytes": looked_up(timeline.effort, attrgetter("shared_bytes")),
        "waits": waits,
        "stack": listed("stacks", stack_data),
        "stack_at_s": time("stacks_ns"),
        "stack_problem": known("stacks_problem"),
    }
    return rows(timeline.processes, look)


def call_rows(timeline: Timeline) -> LongList:
    """All calls, in the order in which they began."""
    calls = sorted(timeline.calls, key=attrgetter("by"))
    calls.sort(key=attrgetter("began_ns"))  # by one key after the other: pairs would take three times as long
    return rows(calls, _CALL)


_CALL: Look = {
    "by": fact("by"),
    "call": word("name"),
    "process": fact("process"),
    "began_s": time("began_ns"),
    "ended_s": time("ended_ns"),
    "timeout_s": fact("timeout_s"),
    "result": fact("result"),
    "error": fact("error"),
    "file": fact("file"),
    "line": fact("line"),
    "times": fact("times"),
    "workers": elements("workers"),
    "thread": known("thread"),
}


def line_rows(timeline: Timeline) -> LongList:
    """The printed lines that are kept."""
    return rows(timeline.lines, _LINE)


_LINE: Look = {
    "process": fact("process"),
    "stream": fact("stream"),
    "at_s": time("at_ns"),
    "text": fact("text"),
}


def watched_rows(timeline: Timeline) -> LongList:
    """The watched values."""
    return rows(timeline.watched, _WATCHED)


_WATCHED: Look = {
    "process": fact("process"),
    "name": fact("name"),
    "at_s": time("at_ns"),
    "when": fact("when"),
    "value": fact("value"),
}


def step_rows(path: CriticalPath) -> LongList:
    """The steps of the critical path."""
    return rows(path.steps, _STEP)


_STEP: Look = {
    "kind": word("kind"),
    "process": fact("process"),
    "began_s": time("began_ns"),
    "ended_s": time("ended_ns"),
    "inferred": fact("inferred"),
    "name": known("name"),
    "task": fact("task"),
    "tasks": known("tasks"),
    "waited_s": made(lambda step: seconds(step.waited_ns) if step.kind is StepKind.OWN else None),
}


def stack_data(stack: ThreadStack) -> dict[str, Any]:
    """One thread's stack, its innermost frame first."""
    frames = [{"function": one.function, "file": one.file, "line": one.line} for one in stack.frames]
    return {"thread": stack.name, "frames": frames}


def _cpu_wait_s(effort: Effort) -> float | None:
    """How long the first thread of a process waited for a core, as last seen."""
    return seconds(int(effort.looks.rows[-1, 4])) if len(effort.looks) else None


def _waits(timeline: Timeline, process: Process) -> list[dict[str, Any]]:
    return [_wait(wait) for wait in described_waits(timeline, process)]


def _wait(described: DescribedWait) -> dict[str, Any]:
    call = described.call
    return {
        "for": described.kind,
        "since_s": seconds(described.wait.since_ns),
        "until_s": seconds(described.wait.until_ns),
        "call": call.call or None if call else None,
        "file": call.file if call else None,
        "line": call.line if call else None,
        "of": described.of,
    }
