"""The words of an event: its name and its details, to be shown literally. Pure functions without Qt, in the window's thread."""

from desktop.facts.call_facts import call_result, called_at
from desktop.facts.naming import call_text, called_on
from desktop.facts.process_columns import exit_code_text
from desktop.facts.selection import BookmarkSelection, CallSelection, ProcessSelection, Selection, TaskSelection
from desktop.facts.visible_text import visible
from workers.analysis.events import Event, EventKind
from workers.plan.sizes import format_duration
from workers.timeline.model import Call, CallName
from workers.timeline.timeline import Timeline

_OF_CALLS = (EventKind.CALLED, EventKind.RETURNED)


def event_name(timeline: Timeline, event: Event) -> str:
    """The name of an event: ``join() returned``, ``target began``."""
    if event.kind in _OF_CALLS:
        return f"{call_text(timeline.call(event.ref).name)} {event.kind}"
    return str(event.kind)


def event_details(timeline: Timeline, event: Event) -> str:
    """The details of an event: on which process, how long it took, how it ended, where it was called."""
    if event.kind in _OF_CALLS:
        return _of_call(timeline, timeline.call(event.ref), event.kind)
    if event.kind is EventKind.MARKED:
        return "" if event.bookmark is None else visible(event.bookmark.label)
    if event.kind is EventKind.VALUE:
        watched = timeline.watched[event.ref]
        return f"{visible(watched.name)} = {visible(watched.value)}"
    if event.kind is EventKind.SIGNALLED:
        sent = timeline.signalled[event.ref]
        if sent.by is None:
            return sent.signal
        place = f" at {visible(sent.file)}:{sent.line}" if sent.file else ""
        return f"{sent.signal}, by {visible(timeline.process(sent.by).name)} with os.kill(){place}"
    if event.kind is EventKind.SLEPT:
        return f"for {format_duration(timeline.suspends[event.ref].lasted_ns / 1e9)}, which the axis leaves out"
    if event.kind is EventKind.ASKED:
        request = timeline.requests[event.ref]
        worker = timeline.worker(request.worker)
        verb = "is_alive" if request.verb == "alive" else request.verb
        return f"{verb}() on {visible(worker.name)}" if worker is not None else verb.replace("_", " ")
    if event.kind is EventKind.TASK_FAILED:
        task = timeline.task(event.ref)
        return f"{visible(task.name)}: {visible(task.error or '')}"
    return _of_life(timeline, event)


def event_selection(event: Event) -> Selection:
    """What a click on the event selects."""
    if event.kind in _OF_CALLS:
        return CallSelection(event.process, event.at_ns, event.ref)
    if event.kind is EventKind.TASK_FAILED:
        return TaskSelection(event.process, event.at_ns, event.ref)
    if event.bookmark is not None:
        return BookmarkSelection(event.bookmark)
    return ProcessSelection(event.process, event.at_ns)


def _of_call(timeline: Timeline, call: Call, kind: EventKind) -> str:
    known = call.process is not None or (call.name.ends_workers and call.ended_ns is not None)
    parts = [f"on {called_on(timeline, call)}"] if known else []
    if kind is EventKind.CALLED:
        if call.name is CallName.JOIN and call.timeout_s is not None:
            parts.append(f"for {format_duration(call.timeout_s)} at most")
        where = called_at(timeline, call)
        parts += [f"at {where}"] if where else []
        parts += [f"in {visible(call.thread)}"] if call.thread else []
    elif call.ended_ns is not None:
        parts.append(f"after {format_duration((call.ended_ns - call.began_ns) / 1e9)}")
        if call.times > 1:
            parts.append(f"{call.times:,} identical calls")
        parts += [text for text in (call_result(call), visible(call.error or "")) if text]
    return ", ".join(parts)


def _of_life(timeline: Timeline, event: Event) -> str:
    process = timeline.process(event.process)
    if event.kind is EventKind.BORN:
        method = f"by {process.start_method}" if process.start_method else ""
        pid = "" if process.pid is None else f"pid {process.pid}"
        return ", ".join(text for text in (pid, method) if text)
    if event.kind is EventKind.EXITED:
        within = process.exited_within_ns
        code = f"exit code {exit_code_text(process)}"
        return f"{code}, ± {format_duration(within / 2e9)}" if within else code
    return ""
