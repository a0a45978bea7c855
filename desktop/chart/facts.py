"""What the chart says in words: of a process, a span, a mark. Plain text from a timeline's records, any thread."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.selection import Selection
from workers.model import Call, CallName, Process, ProcessKind, SpanKind, State
from workers.sizes import format_bytes, format_duration, format_size
from workers.timeline import Timeline

NANO = 1e-9

PHASES = {
    SpanKind.STARTING: "starting", SpanKind.ALIVE: "alive", SpanKind.ENDING: "ending",
    SpanKind.ZOMBIE: "exited, not collected yet", SpanKind.JOIN: "waiting in join", SpanKind.PAUSED: "paused",
    SpanKind.TASK: "task", SpanKind.FAILED: "failed",
}  # fmt: skip

_KINDS = {
    ProcessKind.PROGRAM: "the program (parent)", ProcessKind.WORKER: "worker", ProcessKind.POOL_WORKER: "pool worker",
    ProcessKind.HELPER: "helper", ProcessKind.FORKED: "forked", ProcessKind.SUBPROCESS: "subprocess",
    ProcessKind.CLUSTER_WORKER: "cluster worker",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A lane's header: the name; how it ended, short, empty while it lives; pid and state."""

    name: str
    end: str
    below: str


def header(process: Process) -> HeaderText:
    """The texts of a process's lane header."""
    if process.lost:
        end = "lost"
    elif process.exit_code is None:
        end = ""
    else:
        end = process.signal_name or f"exit {process.exit_code}"
    pid = "" if process.pid is None else f"pid {process.pid} · "
    state = "not joined" if process.state is State.ZOMBIE else str(process.state)
    return HeaderText(process.name, end, f"{pid}{'exited, ' if process.state is State.ZOMBIE else ''}{state}")


def work(timeline: Timeline, process: Process) -> str:
    """What a plan's worker does: ``sort 10M``. Empty for any other process."""
    plan = timeline.plan
    if plan is None or process.worker is None or not 1 <= process.worker <= plan.workers:
        return ""
    return f"{plan.workload} {format_size(plan.sizes[process.worker - 1], plan.workload.unit)}"


def call_text(timeline: Timeline, call: Call) -> str:
    """A call as it is written: ``join(Process-2)``."""
    name = "?" if call.process is None else timeline.process(call.process).name
    return f"{call.name}({name})"


def pending_text(timeline: Timeline) -> str:
    """What the person asked and the parent has not come to: ``is_alive(Process-2)? waits``; empty when nothing is."""
    pending = timeline.pending
    if not pending:
        return ""
    worker = timeline.worker(pending[0].worker)
    verb = "is_alive" if pending[0].verb == "alive" else pending[0].verb
    name = f"worker {pending[0].worker}" if worker is None else worker.name
    more = f" and {len(pending) - 1} more wait" if len(pending) > 1 else " waits"
    return f"{verb}({name})?{more}"


def describe(timeline: Timeline, selection: Selection, *, process_too: bool = True) -> str:
    """Every fact of what is selected, one a line, then those of its process."""
    lines: list[str] = []
    process = timeline.process(selection.process)
    if selection.call is not None:
        lines += _call(timeline, timeline.call(selection.call))
    elif selection.line is not None:
        lines += [f"printed {line.stream} at {_at(line.at_ns)}: {line.text}" + (" (cut)" if line.cut else "")
                  for line in timeline.lines_of(process.id) if line.number == selection.line]  # fmt: skip
    elif selection.phase is not None:
        lines += _phase(timeline, process, selection.phase)
    if process_too or not lines:
        lines += _process(timeline, process)
    return "\n".join(lines)


def _call(timeline: Timeline, call: Call) -> Iterator[str]:
    yield f"{call_text(timeline, call)} called by {timeline.process(call.by).name}"
    yield f"called at {_at(call.began_ns)}"
    if call.ended_ns is None:
        yield f"has not returned, for {_long(timeline.now_ns - call.began_ns)}"
    else:
        yield f"returned at {_at(call.ended_ns)}, after {_long(call.ended_ns - call.began_ns)}"
    if call.timeout_s is not None:
        yield f"timeout {format_duration(call.timeout_s)}"
    if call.name is CallName.IS_ALIVE and call.result is not None:
        yield f"answer {call.result}"
    if call.name is CallName.JOIN and call.result is False and call.ended_ns is not None:
        yield "timed out: the process was still alive"
    if call.error:
        yield f"raised {call.error}"
    if call.file:
        yield f"line {call.line} of {call.file}"


def _phase(timeline: Timeline, process: Process, kind: int) -> Iterator[str]:
    phases = timeline.lane(process.id).phases
    for t0, t1, of_kind in zip(phases.t0.tolist(), phases.t1.tolist(), phases.kind.tolist(), strict=True):
        if of_kind != kind:
            continue
        until = min(t1, timeline.now_ns)
        end = "until now" if t1 > timeline.now_ns else f"to {_at(until)}"
        yield f"{PHASES[SpanKind(kind)]} from {_at(t0)} {end}: {_long(until - t0)}"


def _process(timeline: Timeline, process: Process) -> Iterator[str]:
    doing = work(timeline, process)
    daemon = ", daemon" if process.daemon else ""
    yield f"{process.name}: {_KINDS[process.kind]}{daemon}, {process.state}" + (f", {doing}" if doing else "")
    if process.pid is not None:
        yield f"pid {process.pid}" + ("" if process.ppid is None else f", parent {process.ppid}")
    if process.start_method and process.id != 1:
        yield f"start method {process.start_method}"
    moments = (
        ("start() called", process.start_called_ns), ("start() returned", process.start_returned_ns),
        ("born", process.born_ns), ("target began", process.target_began_ns), ("target ended", process.target_ended_ns),
    )  # fmt: skip
    yield from (f"{what} at {_at(at)}" for what, at in moments if at is not None)
    if process.exited_ns is not None:
        within = f" ± {_long(process.exited_within_ns / 2)}" if process.exited_within_ns else ""
        yield f"exited at {_at(process.exited_ns)}{within}"
    if process.exit_text:
        yield process.exit_text
    later = (("collected", process.reaped_ns), ("joined", process.joined_ns))
    yield from (f"{what} at {_at(at)}" for what, at in later if at is not None)
    if process.error:
        yield process.error
    if process.output_lines:
        yield f"{process.output_lines:,} lines printed"
    if process.cpu_s is not None:
        yield f"CPU {format_duration(process.cpu_s)}"
    if process.peak_rss_bytes is not None:
        yield f"memory {format_bytes(process.peak_rss_bytes)} at most"
    yield from (f"{seen.name} when it {seen.when}: {seen.value}" for seen in timeline.watched_of(process.id))


def _at(at_ns: int) -> str:
    return format_duration(at_ns * NANO) if at_ns else "0 s"


def _long(length_ns: float) -> str:
    return format_duration(max(0.0, length_ns) * NANO)
