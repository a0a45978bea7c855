"""A run as data for scripts: what ``--json`` prints. Pure functions on a timeline, any process.

Times are seconds from the program's start; None = did not happen, or is not known.
"""

from typing import Any

from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.critical_path import critical_path
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Evidence, Finding
from workers.installed_version import version
from workers.report.cluster_data import cluster_data
from workers.report.long_lists import LongList
from workers.report.path_text import path_sentence
from workers.report.run_rows import call_rows, line_rows, process_rows, step_rows, watched_rows
from workers.report.seconds import seconds
from workers.report.task_rows import task_rows
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Imported

FORMAT = 1
"""The version of the report; it changes only when something is taken away."""


def report(timeline: Timeline) -> dict[str, Any]:
    """A whole run, for `json.dumps`. Every key is always there. `report_json` makes the same as text, and needs no room."""
    return {key: _whole(value) for key, value in sections(timeline).items()}


def _whole(value: Any) -> Any:
    if isinstance(value, LongList):
        return value.records()
    return {key: _whole(one) for key, one in value.items()} if isinstance(value, dict) else value


def sections(timeline: Timeline) -> dict[str, Any]:
    """The same, with a LongList in place of each list that can be long."""
    forgotten = timeline.lines_seen - len(timeline.lines)
    dropped = [f"{forgotten:,} older printed lines are not kept."] if forgotten else []
    balance = balance_of(timeline)
    return {
        "procession": {"version": version(), "report": FORMAT},
        "program": _program(timeline),
        "processes": process_rows(timeline),
        "calls": call_rows(timeline),
        "tasks": task_rows(timeline),
        "output": line_rows(timeline),
        "watched": watched_rows(timeline),
        "findings": [_found(finding) for finding in findings(timeline, balance)],
        "balance": None if balance is None else _balance(timeline, balance),
        "critical_path": _critical_path(timeline),
        "suspends": [{"at_s": seconds(one.at_ns), "lasted_s": seconds(one.lasted_ns)} for one in timeline.suspends],
        "imported": None if timeline.imported is None else _imported(timeline.imported),
        "cluster": None if timeline.cluster is None else cluster_data(timeline.cluster),
        "lost": {
            "torn_records": timeline.torn_records,
            "unfinished_records": timeline.unfinished_records,
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
        "steps": step_rows(found),
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
