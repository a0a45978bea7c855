"""The names of processes and calls as text, to be shown literally. Pure functions without Qt, in the window's thread."""

from desktop.facts.formatting import UNKNOWN
from desktop.facts.visible_text import visible
from workers.timeline.model import Call, CallName, PoolThread, Process
from workers.timeline.timeline import Timeline


def call_text(name: CallName) -> str:
    """The name of a call: ``join()``. A future's status is an attribute."""
    return str(name) if name is CallName.STATUS else f"{name}()"


_MOST_NAMED = 4


def called_on(timeline: Timeline, call: Call) -> str:
    """What a call was made on: a process, the workers of an executor, or a cluster's task; a dash where that is not known."""
    if call.task:
        return f"the task {visible(call.task)}"
    if not call.name.ends_workers:
        return name_of(timeline, call.process)
    names = [name_of(timeline, worker) for worker in call.workers]
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f"an executor: {', '.join(names[:_MOST_NAMED])}{more}" if names else "an executor without living workers"


def process_title(process: Process) -> str:
    """Name and pid of a process: ``Process-2 (pid 1234)``."""
    return visible(process.name) if process.pid is None else f"{visible(process.name)} (pid {process.pid})"


def thread_name(thread: PoolThread) -> str:
    """The name of a thread that ran tasks, or its number where it has none."""
    return visible(thread.name) or f"thread {thread.number}"


def name_of(timeline: Timeline, process_id: int | None) -> str:
    """The name of the process with this id; a dash when there is none."""
    if process_id is None or not 1 <= process_id <= len(timeline.processes):
        return UNKNOWN
    return visible(timeline.process(process_id).name)
