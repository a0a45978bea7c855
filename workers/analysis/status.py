"""The status sentence: what a run is doing or how it ended, always true. Pure functions on a timeline, any process."""

from collections import Counter
from collections.abc import Callable

from workers.analysis.deliberate_ends import BY_USER, deliberate_end
from workers.analysis.findings.finding import error_words
from workers.analysis.watch_status import watch_sentence
from workers.plan.sizes import format_duration
from workers.timeline.model import LIVING, EndedBy, Process, ProcessKind, State
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Imported

_MOST_NAMED = 3
_INTERRUPTED = 130
"""The exit code of a program that caught Ctrl-C and tells so, as a shell does: 128 + SIGINT."""


def sentence(timeline: Timeline | None, *, stopping: bool = False, stopped: bool = False) -> str:
    """The sentence of the status bar and the command line. stopping: the user is ending the run; stopped: the user ended it."""
    if timeline is None:
        return "Set a plan and press Start."
    program = timeline.program
    if timeline.imported is not None:
        return _read(timeline.imported)
    if timeline.cluster is not None:
        return watch_sentence(timeline, timeline.cluster, stopping=stopping)
    if timeline.ended:
        return _outcome(timeline, program, stopped=stopped)
    if program is None or not program.began:
        return "The parent is being started."
    if timeline.plan is not None and timeline.plan.on_cluster:
        return _on_cluster(timeline, program, timeline.plan.workers, stopping=stopping)
    states = Counter(p.state for p in _workers(timeline))  # once, since a run may have thousands of workers
    alive = f"{sum(states[state] for state in LIVING):,} of {states.total():,} alive"
    if stopping:
        return f"Stopping: {alive}."
    parts = [
        alive,
        _not_started(timeline, states),
        _unjoined(timeline, program, states),
        _doing(timeline, program, states),
    ]
    return "; ".join(filter(None, parts)) + "." + _requests(timeline, program)


def _on_cluster(timeline: Timeline, program: Process, tasks: int, *, stopping: bool) -> str:
    """A plan whose work is tasks of a cluster."""
    workers = [p for p in timeline.processes if p.kind is ProcessKind.CLUSTER_WORKER]
    alive = f"{sum(p.state in LIVING for p in workers):,} of {_count(len(workers), 'worker')} alive"
    if stopping:
        return f"Stopping: {alive}."
    if not timeline.submitted and not _is_free(timeline, program):
        ready = [p for p in workers if p.target_began_ns is not None]
        doing = "the cluster is being started" if len(ready) < max(1, len(workers)) else "the cluster is ready"
        return f"{alive}; {doing}." + _requests(timeline, program)
    parts = [alive, f"{len(timeline.submitted):,} of {_count(tasks, 'task')} submitted"]
    call = timeline.waiting_call(program.id)
    if call is not None and call.task:
        waited = format_duration((timeline.now_ns - call.began_ns) / 1e9)
        parts.append(f"the parent has waited for the result of {call.task} for {waited}")
    elif program.target_ended_ns is not None:
        parts.append("the parent is ending")
    elif _is_free(timeline, program):
        by_hand = timeline.plan is not None and timeline.plan.by_hand
        left = by_hand and len(timeline.submitted) < tasks
        one = ", or open the menu of its lane for one task" if by_hand else ""
        parts.append(f"the parent is free: press {'Start' if left else 'Join'}{one}")
    return "; ".join(parts) + "." + _requests(timeline, program)


def found_in(imported: Imported) -> str:
    """The contents of another program's trace: ``1 process, 20 spans``; empty if there is nothing to show."""
    kinds = (("process", "processes", imported.processes), ("span", "spans", imported.spans), ("mark", "marks", imported.marks),
             ("flow", "flows", imported.flows), ("counter value", "counter values", imported.counters))  # fmt: skip
    return ", ".join(f"{count:,} {one if count == 1 else many}" for one, many, count in kinds if count)


def _read(imported: Imported) -> str:
    skipped = ", ".join(f"{count:,} {reason}" for reason, count in imported.skipped.items())
    return f"A trace of {found_in(imported) or 'nothing'}" + (f"; not shown: {skipped}." if skipped else ".")


def _not_started(timeline: Timeline, states: Counter[State]) -> str:
    """Workers that the user has to start by hand; otherwise the parent is going to start them."""
    count = states[State.PLANNED]
    by_hand = timeline.plan is not None and timeline.plan.by_hand
    return f"{count:,} not started" if count and by_hand else ""


def _unjoined(timeline: Timeline, program: Process, states: Counter[State]) -> str:
    count = states[State.ZOMBIE] + states[State.REAPED]
    if not count or program.ended:
        return ""
    text = "1 has exited and waits to be joined" if count == 1 else f"{count:,} have exited and wait to be joined"
    return f"{text}: press Join" if _is_free(timeline, program) else text


def _doing(timeline: Timeline, program: Process, states: Counter[State]) -> str:
    """What the parent is doing, as far as that is known."""
    if program.ended:
        return "the parent has ended"
    if program.paused:
        return "the parent is paused"
    if program.target_began_ns is None:
        return "the parent's interpreter is starting"
    call = timeline.waiting_call(program.id)
    if call is not None and call.process is not None:
        waited = format_duration((timeline.now_ns - call.began_ns) / 1e9)
        return f"the parent has waited in join({timeline.process(call.process).name}) for {waited}"
    if program.target_ended_ns is not None:
        return "the parent is ending"
    return _free(timeline, states) if _is_free(timeline, program) else ""


def _is_free(timeline: Timeline, program: Process) -> bool:
    """Whether the parent waits for the user, and no request is on its way to it."""
    return timeline.waiting_for_person and not timeline.pending and not program.paused and not program.ended


def _free(timeline: Timeline, states: Counter[State]) -> str:
    if states[State.ZOMBIE] or states[State.REAPED]:
        return ""  # _unjoined has said what to press
    if timeline.plan is None or not timeline.plan.by_hand:
        return "the parent is free: press Join and it will wait for its workers"
    press = "Start" if states[State.PLANNED] else "Join"
    return f"the parent is free: press {press}, or choose what it does from a lane's menu"


def _requests(timeline: Timeline, program: Process) -> str:
    """The requests that the parent has not begun."""
    waiting = timeline.pending
    if not waiting or program.ended:
        return ""
    word = "question" if all(request.verb == "alive" for request in waiting) else "request"
    count = "1 " + word if len(waiting) == 1 else f"{len(waiting)} {word}s"
    if timeline.waiting_for_person and not program.paused:
        return f" {count} on the way to the parent."
    return f" {count} {'waits' if len(waiting) == 1 else 'wait'} until the parent is free."


def _outcome(timeline: Timeline, program: Process | None, *, stopped: bool) -> str:
    if program is None or not program.began:
        return "The parent could not be started."
    took = format_duration(timeline.took_ns / 1e9)
    lost = sum(p.lost for p in timeline.processes)
    gone = f"{lost:,} processes are lost from sight" if lost > 1 else "1 process is lost from sight" if lost else ""
    if timeline.cut_off:
        return f"The recorder was cut off after {took}{': ' if lost else ''}{gone}."
    if timeline.ended_by is EndedBy.OWNER_GONE and timeline.cut_ns is not None:
        ran = format_duration(timeline.cut_ns / 1e9)
        return f"Cut short after {ran}: Procession was no longer running, so the parent and its workers were ended."
    workers = _workers(timeline)
    failed = [p for p in workers if p.failed and not p.lost]
    if stopped and program.failed and not program.lost:
        before = sum(p.ended and not p.failed for p in workers)
        cut = f" and {_count(len(failed), 'worker')} were" if failed else " was"
        rest = f"; {_count(before, 'worker')} had ended by then" if before else ""
        return f"Stopped after {took}: the parent{cut} ended{rest}."
    done = f"{'Stopped' if stopped else 'Done'} after {took}"
    parts = [f"the parent ended with {program.exit_text}"] if program.failed and not program.lost else []
    error = timeline.ending_error(program)
    interrupted_ns = None if stopped else _interrupted_ns(timeline)
    by_interrupt = interrupted_ns is not None and _ended_by_interrupt(program)
    if by_interrupt:
        done, parts = f"Stopped by Ctrl-C after {took}", []
    elif error is not None and program.failed and not stopped and error.type != "KeyboardInterrupt":
        done, parts = f"Failed after {took}", [error_words(error)]
    elif program.signal_name is not None and not stopped:
        done = f"Ended after {took}"
    elif interrupted_ns is not None:
        done += f", with Ctrl-C at {format_duration(interrupted_ns / 1e9)}"
    on_purpose = {} if stopped else _ended_on_purpose(timeline, failed)
    by_itself = [p for p in failed if p.id not in on_purpose]
    if by_itself:
        verb = "ended early" if stopped else "failed"
        ends = _named(by_itself, lambda p: f"{p.name}: {p.error if p.not_born else p.exit_text}")
        parts.append(f"{len(by_itself):,} of {len(workers):,} {verb} ({ends})")
    for way in dict.fromkeys(on_purpose.values()):
        ended = [p for p in failed if on_purpose.get(p.id) == way]
        were = "was" if len(ended) == 1 else "were"
        way = "it" if by_interrupt and way == BY_USER else way
        parts.append(f"{len(ended):,} of {len(workers):,} {were} ended by {way} ({_named(ended, lambda p: p.name)})")
    never = sum(p.state is State.PLANNED for p in workers)
    if never:
        parts.append("1 was never started" if never == 1 else f"{never:,} were never started")
    if lost:
        parts.append(gone)
    left = [p for p in (program, *workers) if p.left]
    if left:
        parts.append(_still_running(left))
    unknown = sum(p.began and p.exit_code is None and not p.failed and not p.left for p in (program, *workers))
    if unknown:
        parts.append(f"the exit code of {_count(unknown, 'process', 'processes')} is not known")
    last_ns = max((p.exited_ns - p.exited_within_ns for p in workers if p.exited_ns is not None), default=0)
    later = f"; the last worker ended after {format_duration(last_ns / 1e9)}" if last_ns > timeline.took_ns else ""
    if by_interrupt:
        return f"{done}{': ' * bool(parts)}{'; '.join(parts)}{later}."
    return f"{done}: {'; '.join(parts) or 'every process ended with exit code 0'}{later}."


def _interrupted_ns(timeline: Timeline) -> int | None:
    """When the user last pressed Ctrl-C; None where nobody did."""
    sent = (one.at_ns for one in timeline.signalled_to(1) if one.by is None and one.signal == "SIGINT")
    return max(sent, default=None)


def _ended_by_interrupt(program: Process) -> bool:
    """Whether the end of the program says so: by the signal, by its exception, or by the exit code that stands for it."""
    raised = program.error == "KeyboardInterrupt" and program.failed
    return program.signal_name == "SIGINT" or raised or program.exit_code == _INTERRUPTED


def _ended_on_purpose(timeline: Timeline, failed: list[Process]) -> dict[int, str]:
    """By process id, what ended those of these processes that were ended on purpose."""
    ways = {process.id: deliberate_end(timeline, process) for process in failed}
    return {process: way for process, way in ways.items() if way is not None}


def _named(processes: list[Process], words: Callable[[Process], str]) -> str:
    """The first processes in these words, and the number of others."""
    more = f", and {len(processes) - _MOST_NAMED:,} more" if len(processes) > _MOST_NAMED else ""
    return ", ".join(map(words, processes[:_MOST_NAMED])) + more


def _still_running(left: list[Process]) -> str:
    """The processes that outlived the program, as some are meant to."""
    named = "; ".join(f"{p.name}, pid {p.pid}" for p in left[:_MOST_NAMED])
    more = f" and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
    were = "process was" if len(left) == 1 else "processes were"
    return f"{len(left):,} {were} still running when the program had ended ({named}{more})"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _workers(timeline: Timeline) -> list[Process]:
    """Every process but the parent and the helpers."""
    return [p for p in timeline.processes[1:] if p.kind is not ProcessKind.HELPER]
