"""The short texts on the chart: in a lane's header, in a bar, beside a question. Pure functions, any thread."""

from collections.abc import Collection
from dataclasses import dataclass

from desktop.chart.geometry.row import Row
from desktop.facts.naming import thread_name
from workers.plan.sizes import format_size
from workers.timeline.model import Process, Request, State
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackKind

NANO = 1e-9
BY_POOL = "ended by its Pool"
_LARGE, _HUGE = 1e5, 1e15


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A lane's header. end: how the process ended, in short; empty while it lives. below: pid and state."""

    name: str
    end: str
    below: str


def header(process: Process) -> HeaderText:
    """The texts of a process's lane header."""
    pid = "" if process.pid is None else f"pid {process.pid} · "
    state = "not joined" if process.state is State.ZOMBIE else str(process.state)
    if process.ended_by_pool:
        return HeaderText(process.name, "", f"{pid}{BY_POOL}")
    return HeaderText(
        process.name, process.exit_short, f"{pid}{'exited, ' if process.state is State.ZOMBIE else ''}{state}"
    )


def threads(timeline: Timeline, process: int) -> str:
    """The header of the row above the threads of a process: ``4 threads · 64 tasks``."""
    all_of = timeline.threads_of(process)
    what = "interpreter" if all(thread.interpreter is not None for thread in all_of) else "thread"
    return f"{_counted(len(all_of), what)} · {_counted(sum(thread.tasks for thread in all_of), 'task')}"


def host(timeline: Timeline, row: Row) -> tuple[str, str]:
    """The header of the row above the workers of a machine: its name, and ``4 workers, 1 failed``."""
    failed = sum(timeline.process(member).ended_badly for member in row.members)
    count = _counted(len(row.members), "worker")
    return row.host, count + (f", {failed:,} failed" if failed else "")


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def other(timeline: Timeline, row: Row) -> tuple[str, str]:
    """The name of a thread, or of a track or counter of a trace, and a note about it."""
    if row.thread:
        thread = timeline.thread(row.thread)
        note = "" if thread.interpreter is None else f"interpreter {thread.interpreter}"
        return thread_name(thread), note
    if row.track:
        of = timeline.tracks[row.track - 1]
        return of.name, "" if of.kind is TrackKind.THREAD else "asynchronous"
    one = timeline.counters[row.counter - 1]
    most = float(one.value.max()) if len(one.value) else 0.0
    return f"{one.name}: {one.series}" if one.series else one.name, f"up to {_amount(most)}"


def _amount(value: float) -> str:
    """A value of a counter, without an exponent as far as it can be read."""
    return f"{value:,.0f}" if _LARGE <= abs(value) < _HUGE else f"{value:,.6g}"


def folded(timeline: Timeline, members: Collection[int]) -> str:
    """The note in the header of a collapsed process: ``12 processes folded, 2 failed``."""
    failed = sum(timeline.process(member).ended_badly for member in members)
    count = "1 process" if len(members) == 1 else f"{len(members):,} processes"
    return f"{count} folded" + (f", {failed:,} failed" if failed else "")


def work(timeline: Timeline, process: Process) -> str:
    """The work of a plan's worker: ``sort 10M``. Empty for any other process."""
    plan = timeline.plan
    if plan is None or process.worker is None or not 1 <= process.worker <= plan.workers:
        return ""
    return f"{plan.workload} {format_size(plan.sizes[process.worker - 1], plan.workload.unit)}"


def pending_text(timeline: Timeline) -> str:
    """The questions that the parent has not answered yet: ``is_alive(Process-2)? waits``; empty for none."""
    pending = timeline.pending
    if not pending:
        return ""
    more = f" and {len(pending) - 1} more wait" if len(pending) > 1 else " waits"
    return f"{_request_text(timeline, pending[0])}?{more}"


def _request_text(timeline: Timeline, request: Request) -> str:
    if not request.worker:  # meant for the parent itself
        return request.verb.replace("_", " ")
    worker = timeline.worker(request.worker)
    verb = "is_alive" if request.verb == "alive" else request.verb
    return f"{verb}({f'worker {request.worker}' if worker is None else worker.name})"
