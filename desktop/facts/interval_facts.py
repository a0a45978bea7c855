"""The facts of a measured interval. Pure functions without Qt, in the window's thread."""

from desktop.facts.fact import Fact
from desktop.facts.formatting import UNKNOWN, format_count, format_cpu, format_moment
from workers.analysis.measure import Measure
from workers.plan.sizes import format_duration


def interval_facts(measured: Measure) -> list[Fact]:
    """All facts of a measured interval."""
    facts = [
        Fact("From", format_moment(measured.t0_ns, measured.duration_ns)),
        Fact("To", format_moment(measured.t1_ns, measured.duration_ns)),
        Fact("Duration", format_duration(measured.duration_ns / 1e9)),
    ]
    if measured.with_spans is not None and not measured.alive:
        return [
            *facts,
            Fact("Processes alive", f"unknown; the trace has spans of {format_count(measured.with_spans)}"),
            Fact("Spans begun", format_count(measured.spans_begun)),
            Fact("Spans ended", format_count(measured.spans_ended)),
        ]
    facts += [
        Fact(
            "Processes alive",
            f"{format_count(measured.alive)}, {format_count(measured.throughout)} of them all the time",
        ),
        Fact("Started in it", format_count(measured.started)),
        Fact("Ended in it", format_count(measured.exited)),
        Fact("Tasks begun", format_count(measured.tasks_begun)),
        Fact("Tasks running at its end", format_count(measured.tasks_running)),
        Fact("Tasks ended", format_count(measured.tasks_ended)),
        Fact("Printed lines", format_count(measured.lines)),
        Fact("CPU time", _interval_cpu(measured)),
    ]
    if measured.cpu_s is not None and measured.duration_ns:
        least = "at least " if measured.cpu_least else ""
        facts.append(Fact("Cores busy", f"{least}{measured.cpu_s * 1e9 / measured.duration_ns:.2f} on average"))
    return facts


def interval_words(measured: Measure) -> tuple[str, ...]:
    """The measure in a few short lines, for the box beside the interval: duration, processes, tasks, CPU time."""
    lines = [format_duration(measured.duration_ns / 1e9)]
    if measured.with_spans is not None and not measured.alive:
        lines.append(f"spans of {_processes(measured.with_spans)}")
        lines.append(f"{format_count(measured.spans_begun)} begun, {format_count(measured.spans_ended)} ended")
        return tuple(lines)
    lines.append(f"{_processes(measured.alive)} alive")
    if measured.tasks_begun or measured.tasks_ended or measured.tasks_running:
        counts = (measured.tasks_begun, "begun"), (measured.tasks_running, "running"), (measured.tasks_ended, "ended")
        lines.append("tasks: " + ", ".join(f"{format_count(count)} {what}" for count, what in counts))
    if measured.cpu_s is not None:
        lines.append(f"CPU time {_interval_cpu(measured)}")
    return tuple(lines)


def _processes(count: int) -> str:
    return f"{format_count(count)} {'process' if count == 1 else 'processes'}"


def _interval_cpu(measured: Measure) -> str:
    if measured.cpu_s is None:
        return UNKNOWN
    part = "" if measured.cpu_of == measured.alive else f" in {measured.cpu_of} of {measured.alive}"
    return f"{'at least ' if measured.cpu_least and measured.cpu_s else ''}{format_cpu(measured.cpu_s)}{part}"
