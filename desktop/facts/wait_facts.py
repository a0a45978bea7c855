"""The facts of a wait that was seen from outside: for what, in which call, at which line, on whom. Pure functions without Qt,
in the window's thread."""

from collections.abc import Iterator

from desktop.facts.fact import CodePlace, Fact
from desktop.facts.formatting import format_moment, format_span
from desktop.facts.naming import name_of, process_title
from desktop.facts.selection import ProcessSelection
from desktop.facts.visible_text import visible
from workers.analysis.findings.hangs.user_calls import is_in, waits_for_a_task
from workers.analysis.waits import DescribedWait, Likely, described
from workers.timeline.model import Process, Wait
from workers.timeline.stacks import EndHolder, ThreadWait
from workers.timeline.timeline import Timeline

STACK = "Stack"
_MOST_FRAMES, _MOST_HOLDERS = 20, 6

_FOR = {
    "queue": "a queue",
    "result": "the result of a task",
    "join": "another process to end",
    "exit": "its threads or children, before it ends",
    "several": "the first of several processes or pipes",
    "socket": "a socket",
    "time": "a moment, or a timeout",
    "input": "input from outside the run",
    "signal": "a signal",
    "kernel": "the kernel, as for a disk",
    "other": "something that the kernel does not tell",
}
_LIKELY = {
    Likely.EXIT: "its threads, before it ends",
    Likely.TASK: "something to do (no task of it was running)",
    Likely.POOL: "its pool (that has workers, and its stack was not read)",
}
_LIKELY_LABELS = {
    Likely.EXIT: "waits at its exit",
    Likely.TASK: "probably waits for a task",
    Likely.POOL: "probably waits for its pool",
}
_BY_WAIT = {
    Wait.LOCK: "a lock, semaphore or event",
    Wait.OWN_LOCK: "a lock between its own threads",
    Wait.PIPE_READ: "data from a pipe",
    Wait.PIPE_WRITE: "room in a full pipe",
}


def find_wait(timeline: Timeline, process: Process, since_ns: int) -> ThreadWait | None:
    """The wait of the first thread that began then."""
    return next((wait for wait in process.waits if wait.main and wait.since_ns == since_ns), None)


def waits_for(found: DescribedWait) -> str:
    """What a wait is for, in words that follow "waits for"."""
    if waits_for_a_task(found.wait.frames):
        return "something to do"
    if _feeds(found.wait):
        return "its queue to be read, before it ends"
    if found.likely is not None:
        return f"{'' if found.likely is Likely.EXIT else 'probably '}{_LIKELY[found.likely]}"
    if found.kind in ("lock", "pipe"):
        return _BY_WAIT.get(found.wait.wait, f"a {found.kind}")
    return _FOR.get(found.kind, found.kind)


def wait_labels(timeline: Timeline, process: Process, wait: ThreadWait) -> tuple[str, str]:
    """A wait in a few words, for a bar: the call or what it is for, and its line, ``worker.py:41``; empty where not known."""
    found = described(timeline, process, wait)
    if waits_for_a_task(wait.frames):
        return "waits for a task", ""
    if _feeds(wait):
        return "waits for its queue to be read", ""
    if found.likely is not None:
        return _LIKELY_LABELS[found.likely], ""
    where = "" if found.call is None else visible(found.call.where)
    if found.call is not None and found.call.call.endswith(")"):
        return visible(found.call.call), where
    if found.kind == "exit":
        return "waits at its exit", where
    if found.kind != "lock":
        return f"waits for {waits_for(found)}", where
    return "waits for a lock of its own" if found.wait.wait is Wait.OWN_LOCK else "waits for a lock", where


def wait_title(timeline: Timeline, process: Process, wait: ThreadWait) -> str:
    """``Process-1 waits in Queue.get()``."""
    found = described(timeline, process, wait)
    doing = f"in {found.call.call}" if found.call is not None and found.call.call else f"for {waits_for(found)}"
    return f"{name_of(timeline, process.id)} waits {doing}"


def wait_facts(timeline: Timeline, process: Process, wait: ThreadWait) -> list[Fact]:
    """All facts of a wait."""
    found = described(timeline, process, wait)
    facts = [Fact("Process", process_title(process), ProcessSelection(process.id)), Fact("Waits for", waits_for(found))]
    call = found.call
    if call is not None:
        if call.call:
            facts.append(Fact("In", visible(call.call)))
        facts.append(Fact("At line", f"{visible(call.file)}:{call.line}", CodePlace(call.file, call.line)))
    if found.of is not None:
        facts.append(Fact("On", process_title(timeline.process(found.of)), ProcessSelection(found.of)))
    facts += _other_ends(timeline, process, wait)
    until_ns = process.last_ns if wait.until_ns is None else wait.until_ns
    facts.append(Fact("Seen since", format_moment(wait.since_ns)))
    facts.append(Fact("Until", "it waits still" if until_ns is None else format_moment(until_ns)))
    facts.append(Fact("Duration", format_span(wait.since_ns, until_ns, timeline.now_ns)))
    facts += stack_facts(wait)
    if not wait.frames and process.stacks_problem:
        facts.append(Fact(STACK, visible(process.stacks_problem)))
    return facts


def _feeds(wait: ThreadWait) -> bool:
    """Whether it waits at its exit for a queue's thread, which sends what was put."""
    return is_in(wait.frames, "queues.py", "_finalize_join")


def stack_facts(wait: ThreadWait) -> Iterator[Fact]:
    """The stack while it waited, innermost first; the user's frames lead to their lines."""
    for number, frame in enumerate(wait.frames[:_MOST_FRAMES]):
        place = CodePlace(frame.file, frame.line)
        text = f"{visible(frame.function)}  {visible(place.short)}"
        yield Fact("" if number else STACK, text, None if frame.is_library else place)


def _other_ends(timeline: Timeline, process: Process, wait: ThreadWait) -> Iterator[Fact]:
    """Who has what it waits for, as last seen: a lock mapped, or the other end of a pipe open."""
    if wait.wait not in (Wait.LOCK, Wait.PIPE_READ, Wait.PIPE_WRITE):
        return
    label = "Shared with" if wait.wait is Wait.LOCK else "Other end"
    inodes = wait.ends or ((wait.object,) if wait.object else ())
    known = [timeline.holders[inode] for inode in inodes if inode in timeline.holders]
    others: dict[tuple[int | None, int], EndHolder] = {
        (one.process, one.pid): one
        for holders in known
        for one in holders
        if one.process != process.id
        and (wait.wait is Wait.LOCK or (one.writes if wait.wait is Wait.PIPE_READ else one.reads))
    }
    if known and not others:
        yield Fact(label, "no other process" if wait.wait is Wait.LOCK else "open in no other process")
    for one in list(others.values())[:_MOST_HOLDERS]:
        if one.process is None:
            yield Fact(label, f"{visible(one.name) or 'a process'}, pid {one.pid}, which is not of the run")
        else:
            holder = timeline.process(one.process)
            yield Fact(label, process_title(holder), ProcessSelection(holder.id))
    if len(others) > _MOST_HOLDERS:
        yield Fact(label, f"and {len(others) - _MOST_HOLDERS} more")
