"""A run as data for scripts: what ``--json`` prints. Pure functions on a timeline, any process.

Times are seconds from the program's start; None = did not happen, or is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from operator import attrgetter
from typing import Any

from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.critical_path import PathStep, StepKind, critical_path
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Evidence, Finding
from workers.analysis.waits import DescribedWait, described_waits
from workers.report.cluster_data import cluster_data
from workers.report.path_text import path_sentence
from workers.report.seconds import seconds
from workers.report.task_rows import TASK_KEYS, task_blocks
from workers.timeline.model import Call, OutputLine, Process, Watched
from workers.timeline.stacks import ThreadStack
from workers.timeline.tasks.effort import Effort
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Imported

FORMAT = 1
"""The version of the report; it changes only when something is taken away."""


def version() -> str:
    """The installed version; ``unknown`` if Procession is not installed."""
    try:
        return metadata.version("procession")
    except metadata.PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True)
class Listed:
    """The records of a list that can be long, each made when it is asked for. To be gone through once."""

    records: Iterator[dict[str, Any]]


def report(timeline: Timeline) -> dict[str, Any]:
    """A whole run, for `json.dumps`. Every key is always there. `report_json` makes the same as text, and needs no room."""
    return {key: _whole(value) for key, value in sections(timeline).items()}


def _whole(value: Any) -> Any:
    if isinstance(value, Listed):
        return list(value.records)
    return {key: _whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def sections(timeline: Timeline) -> dict[str, Any]:
    """The same, with a Listed in place of each list that can be long. The records of one list all have the same keys."""
    forgotten = timeline.lines_seen - len(timeline.lines)
    dropped = [f"{forgotten:,} older printed lines are not kept."] if forgotten else []
    calls = sorted(timeline.calls, key=attrgetter("began_ns", "by"))
    balance = balance_of(timeline)
    return {
        "procession": {"version": version(), "report": FORMAT},
        "program": _program(timeline),
        "processes": Listed(_process(timeline, process) for process in timeline.processes),
        "calls": Listed(map(_call, calls)),
        "tasks": Listed(_tasks(timeline)),
        "output": Listed(map(_line, timeline.lines)),
        "watched": Listed(map(_watched, timeline.watched)),
        "findings": [_found(finding) for finding in findings(timeline, balance)],
        "balance": None if balance is None else _balance(timeline, balance),
        "critical_path": _critical_path(timeline),
        "suspends": [{"at_s": seconds(one.at_ns), "lasted_s": seconds(one.lasted_ns)} for one in timeline.suspends],
        "imported": None if timeline.imported is None else _imported(timeline.imported),
        "cluster": None if timeline.cluster is None else cluster_data(timeline.cluster),
        "lost": {
            "torn_records": timeline.torn_records,
            "dropped_output_bytes": timeline.dropped_output_bytes,
            "warnings": [*timeline.warnings, *dropped],
        },
    }


def _balance(timeline: Timeline, found: Balance) -> dict[str, Any]:
    return {
        "cores": _rounded(found.cores),
        "cores_allowed": _rounded(found.allowed),
        "workers_at_once": found.at_once,
        "worker_seconds": {str(part): _rounded(spent) for part, spent in found.parts.items()},
        "speed_up_bound": _rounded(found.speed_up_bound),
        "balanced_s": _rounded(found.balanced_s),
        "throttled_s": seconds(timeline.cpu_limits.throttled_ns),
    }


def _critical_path(timeline: Timeline) -> dict[str, Any] | None:
    found = critical_path(timeline)
    if found is None:
        return None
    return {
        "whole": found.whole,
        "text": path_sentence(timeline, found),
        "steps": Listed(map(_step, found.steps)),
    }


def _step(step: PathStep) -> dict[str, Any]:
    return {
        "kind": str(step.kind),
        "process": step.process,
        "began_s": seconds(step.began_ns),
        "ended_s": seconds(step.ended_ns),
        "inferred": step.inferred,
        "name": step.name or None,
        "task": step.task,
        "tasks": step.tasks or None,
        "waited_s": seconds(step.waited_ns) if step.kind is StepKind.OWN else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _program(timeline: Timeline) -> dict[str, Any]:
    program = timeline.program
    return {
        "argv": list(timeline.argv),
        "python": timeline.python or None,
        "pid": program.pid if program else None,
        "exit_code": program.exit_code if program else None,
        "running": not timeline.ended and timeline.imported is None and program is not None,
        "duration_s": seconds(program.exited_ns) if program else None,
        "start_method": _start_method(timeline),
        "host": timeline.host or None,
        "engine": timeline.engine,
    }


def _start_method(timeline: Timeline) -> str | None:
    if timeline.plan is not None and not timeline.plan.on_cluster:
        return str(timeline.plan.start_method)
    return next((process.start_method for process in timeline.processes if process.start_method), None)


def _cpu_wait_s(effort: Effort | None) -> float | None:
    """How long the first thread of a process waited for a core, as last seen."""
    return seconds(int(effort.looks.rows[-1, 4])) if effort is not None and len(effort.looks) else None


def _process(timeline: Timeline, process: Process) -> dict[str, Any]:
    effort = timeline.effort.get(process.id)
    return {
        "id": process.id,
        "pid": process.pid,
        "ppid": process.ppid,
        "parent_id": process.parent_id,
        "name": process.name,
        "kind": str(process.kind),
        "start_method": process.start_method,
        "daemon": process.daemon,
        "start_called_s": seconds(process.start_called_ns),
        "start_returned_s": seconds(process.start_returned_ns),
        "target_began_s": seconds(process.target_began_ns),
        "target_ended_s": seconds(process.target_ended_ns),
        "exited_s": seconds(process.exited_ns),
        "reaped_s": seconds(process.reaped_ns),
        "joined_s": seconds(process.joined_ns),
        "exit_code": process.exit_code,
        "signal": process.signal_name,
        "lost": process.lost,
        "left_running": process.left,
        "tasks": process.tasks,
        "output_lines": process.output_lines,
        "cpu_s": process.cpu_s,
        "peak_rss_bytes": process.peak_rss_bytes or None,  # a dying process is seen to use 0
        "threads": process.threads,
        "host": process.host or None,
        "address": process.address or None,
        "clock_within_s": seconds(process.clock_within_ns) if process.address else None,
        "cpu_wait_s": _cpu_wait_s(effort),
        "private_bytes": effort.private_bytes if effort else None,
        "shared_bytes": effort.shared_bytes if effort else None,
        "waits": [_wait(wait) for wait in described_waits(timeline, process)] if process.waits else [],
        "stack": [stack_data(stack) for stack in process.stacks] or None,
        "stack_at_s": seconds(process.stacks_ns),
        "stack_problem": process.stacks_problem or None,
    }


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


def stack_data(stack: ThreadStack) -> dict[str, Any]:
    """One thread's stack, its innermost frame first."""
    frames = [{"function": one.function, "file": one.file, "line": one.line} for one in stack.frames]
    return {"thread": stack.name, "frames": frames}


def _call(call: Call) -> dict[str, Any]:
    return {
        "by": call.by,
        "call": str(call.name),
        "process": call.process,
        "began_s": seconds(call.began_ns),
        "ended_s": seconds(call.ended_ns),
        "timeout_s": call.timeout_s,
        "result": call.result,
        "error": call.error,
        "file": call.file,
        "line": call.line,
        "times": call.times,
        "workers": list(call.workers),
        "thread": call.thread or None,
    }


def _tasks(timeline: Timeline) -> Iterator[dict[str, Any]]:
    names = timeline.tasks.names
    for block in task_blocks(timeline):
        for row in zip(*block, strict=True):
            task = dict(zip(TASK_KEYS, row, strict=True))
            task["name"] = names[task["name"]]
            yield task


def _line(line: OutputLine) -> dict[str, Any]:
    return {"process": line.process, "stream": line.stream, "at_s": seconds(line.at_ns), "text": line.text}


def _watched(value: Watched) -> dict[str, Any]:
    return {
        "process": value.process,
        "name": value.name,
        "at_s": seconds(value.at_ns),
        "when": value.when,
        "value": value.value,
    }


def _imported(imported: Imported) -> dict[str, Any]:
    return {
        "format": imported.format,
        "events": imported.events,
        "processes": imported.processes,
        "spans": imported.spans,
        "marks": imported.marks,
        "flows": imported.flows,
        "counters": imported.counters,
        "skipped": dict(imported.skipped),
    }


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "text": finding.text,
        "processes": list(finding.processes),
        "at_s": seconds(finding.at_ns),
        "file": finding.file or None,
        "line": finding.line or None,
        "evidence": [_evidence(one) for one in finding.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "process": evidence.process,
        "task": evidence.task,
        "from_s": seconds(evidence.from_ns),
        "to_s": seconds(evidence.until_ns),
    }
