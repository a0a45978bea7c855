"""The facts of a task of a pool or executor. Pure functions without Qt, in the window's thread."""

import numpy as np

from desktop.facts.error_facts import error_facts
from desktop.facts.fact import Fact
from desktop.facts.formatting import format_count, format_cpu, format_moment, format_span
from desktop.facts.naming import name_of, thread_name
from desktop.facts.visible_text import visible
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.model import PoolThread, Task
from workers.timeline.timeline import Timeline


def thread_facts(thread: PoolThread) -> list[Fact]:
    """Which thread it is: its name, the kernel's number for it, and its interpreter."""
    number = "" if thread.native_id is None else f" ({thread.native_id})"
    facts = [Fact("Thread", f"{thread_name(thread)}{number}")]
    if thread.interpreter is not None:
        facts.append(Fact("Interpreter", str(thread.interpreter)))
    return facts


def thread_work(timeline: Timeline, thread: PoolThread) -> list[Fact]:
    """All facts of a thread: which one it is, and what it did."""
    facts = [Fact("Process", name_of(timeline, thread.process)), *thread_facts(thread)]
    facts.append(Fact("Tasks", format_count(thread.tasks)))
    ran = timeline.tasks.of_thread(thread.id)
    if ran is None or not len(ran):
        return facts
    now_ns = timeline.now_ns
    ends = np.minimum(ran.ends(0, len(ran), timeline.process(thread.process).last_ns), now_ns)
    first, last = int(ran.t0[0]), int(ends.max())
    failed = int(np.count_nonzero(ran.error))
    if failed:
        facts.append(Fact("Failed", format_count(failed)))
    facts.append(Fact("First task", format_moment(first)))
    facts.append(Fact("Last task ended", format_moment(last)) if not ran.open else Fact("Last task", "still running"))
    facts.append(Fact("In tasks", format_span(0, int((ends - ran.t0).sum()), now_ns)))
    return facts


def task_facts(timeline: Timeline, task: Task) -> list[Fact]:
    """All facts of a task."""
    process = timeline.process(task.process)
    facts = [Fact("Task", visible(task.name))]
    if task.index is not None:
        facts.append(Fact("Number", format_count(task.index) + (f" of {format_count(task.of)}" if task.of else "")))
    if task.arguments is not None:
        facts.append(Fact("Arguments", visible(task.arguments)))
    if task.key is not None:
        facts.append(Fact("Key", visible(task.key)))
    if task.attempt is not None and task.attempt > 1:
        facts.append(Fact("Attempt", format_count(task.attempt)))
    facts.append(Fact("Ran in", name_of(timeline, task.process)))
    if task.thread:
        facts += thread_facts(timeline.thread(task.thread))
    if task.submitted_ns is not None:
        facts.append(Fact("Submitted", format_moment(task.submitted_ns)))
        facts.append(Fact("Waited", format_span(task.submitted_ns, task.began_ns, timeline.now_ns)))
    ended = task.ended_ns
    lasts_ns = timeline.now_ns if ended is None else ended - task.began_ns
    facts.append(Fact("Began", format_moment(task.began_ns, lasts_ns)))
    if ended is not None:
        facts.append(Fact("Ended", format_moment(ended, lasts_ns)))
    elif process.ended:
        ended = process.lost_ns if process.lost else process.exited_ns
        facts.append(Fact("Ended", "never: its process ended first"))
    facts.append(Fact("Duration", format_span(task.began_ns, ended, timeline.now_ns)))
    if task.cpu_s is not None:
        facts.append(Fact("CPU", _cpu(task.cpu_s, None if ended is None else ended - task.began_ns)))
    for label, size in (("Bytes in", task.bytes_in), ("Bytes out", task.bytes_out)):
        if size is not None:
            facts.append(Fact(label, format_bytes(size)))
    facts += error_facts(task.error, timeline.error_at(task.process, task.ended_ns))
    return facts


def _cpu(cpu_s: float, lasted_ns: int | None) -> str:
    """CPU time, and its share of the duration where that is long enough to say so."""
    text = format_duration(cpu_s) if cpu_s else format_cpu(0)
    return f"{text}, {cpu_s * 1e9 / lasted_ns:.0%} of the duration" if lasted_ns and cpu_s else text
