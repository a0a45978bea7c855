"""What a run's timeline means, in plain words: what went wrong, and what waits without an end. Pure functions, any process.

`findings` says only what the timeline shows; where it concludes, the sentence says "probably" or "may". Deaths that somebody
asked for are none: by terminate() or kill() of the program, by a person's word, or by Stop. Of a run that was cut off by
its person, nothing after that moment is held against it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from workers.analysis.deliberate_ends import BY_EXIT, NEAR_NS, deliberate_end, is_exit_join
from workers.analysis.finding import Finding, Severity, moment, names, sentence, start_of
from workers.analysis.hangs import hangs
from workers.journal.kinds import LEFT_ALONE
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.model import Process, ProcessKind, Wait
from workers.timeline.timeline import Timeline

_ORDER = list(Severity)
_MOST_ALONE = 4
"""As many findings of one kind are told one by one; more are told as one."""
_MOST_OF_A_KIND = 12
_ALIKE = {
    "start_failed": "could not be started",
    "lost": "were lost from sight",
    "exit_code": "ended with other exit codes than 0",
    "daemon_cut_off": "are daemons and were cut off before their end",
    "crashed": "crashed in native code",
    "killed": "were killed by signals",
    "never_joined": "had ended and were never joined",
}
_TOLD = frozenset(
    ("exit_code", "killed", "crashed", "lost", "start_failed", "recording", "left_running", "skipped_output")
)
_MUCH = 0.6
_LITTLE = 0.2
_ZOMBIE_NS = 1_000_000_000
_MOST_RESTARTS = 10
_NATIVE = frozenset(("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSYS"))
_ASKED_OF_OTHERS = frozenset(("SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"))


def findings(timeline: Timeline) -> list[Finding]:
    """Everything there is to say, problems first, then in the order of time. Cheap enough to ask once a second."""
    found = [*_ends(timeline), *_never_ready(timeline), *_tasks(timeline), *hangs(timeline), *_recording(timeline)]
    found.sort(key=lambda one: (_ORDER.index(one.severity), one.at_ns or 0))
    return found


@dataclass(frozen=True, slots=True)
class _End:
    """How one process ended, as one of possibly many alike. together: what is said of several, after their names."""

    finding: Finding
    process: Process
    together: str


def _ends(timeline: Timeline) -> list[Finding]:
    groups: dict[tuple[str, str], list[_End]] = {}
    for process in timeline.processes:
        for end in _end(timeline, process):
            groups.setdefault((end.finding.code, end.together), []).append(end)
    found: list[Finding] = []
    alone: dict[str, list[_End]] = {}
    for (code, together), ends in groups.items():
        if len(ends) > _MOST_ALONE:
            found.append(_together(ends, together))
        else:
            alone.setdefault(code, []).extend(ends)
    for code, ends in alone.items():
        found += [end.finding for end in ends] if len(ends) <= _MOST_OF_A_KIND else [_together(ends, _ALIKE[code])]
    return found


def _together(ends: list[_End], what: str) -> Finding:
    first = ends[0].finding
    ids = tuple(end.process.id for end in ends)
    text = f"{len(ends)} processes {what}: {names([end.process for end in ends])}."
    return Finding(first.code, first.severity, text, ids, first.call, first.at_ns, first.file, first.line)


def _end(timeline: Timeline, process: Process) -> Iterator[_End]:
    if process.not_born:
        yield _not_born(timeline, process)
        return
    if process.lost:
        text = sentence(f"{names([process])} was lost from sight: nobody saw how it ended.")
        finding = _finding(timeline, "lost", Severity.PROBLEM, text, process, process.lost_ns)
        yield _End(finding, process, "were lost from sight")
        return
    if process.exited_ns is None or (timeline.cut_ns is not None and process.exited_ns >= timeline.cut_ns):
        return
    if (process.exit_code or 0) < 0:
        yield from _killed(timeline, process)
    elif process.exit_code:
        yield _failed(timeline, process)
    yield from _never_joined(timeline, process)


def _not_born(timeline: Timeline, process: Process) -> _End:
    why = process.error or "start() raised"
    text = f"{process.name} could not be started: {why}."
    return _End(_finding(timeline, "start_failed", Severity.PROBLEM, text, process, process.start_returned_ns), process,
                f"could not be started, {why}")  # fmt: skip


def _failed(timeline: Timeline, process: Process) -> _End:
    code = f"ended with exit code {process.exit_code}"
    why = f": {process.error}" if process.error else ""
    # Of other programs a code that is not zero is often an answer.
    severity = Severity.INFO if process.kind is ProcessKind.SUBPROCESS else Severity.PROBLEM
    text = sentence(f"{names([process])} {code} at {moment(process.exited_ns)}{why}.")
    return _End(_finding(timeline, "exit_code", severity, text, process), process, f"{code}{why}")


def _killed(timeline: Timeline, process: Process) -> Iterator[_End]:
    name = process.signal_name or "a signal"
    way = deliberate_end(timeline, process)
    if way == BY_EXIT and process.target_ended_ns is None and not _was_idle(process):
        when = moment(process.exited_ns)
        text = f"{process.name} is a daemon and was cut off at {when}, before its own end, when the program ended."
        finding = _finding(timeline, "daemon_cut_off", Severity.INFO, text, process)
        yield _End(finding, process, "are daemons and were cut off before their own end, when the program ended")
    if way is not None:
        return
    if process.kind is ProcessKind.HELPER and name == "SIGTERM":
        return
    # Who sends a signal to another program, by Popen.terminate() and kill() for one, is not recorded.
    other = process.kind is ProcessKind.SUBPROCESS
    if other and name in _ASKED_OF_OTHERS:
        return
    tasks = timeline.open_tasks(process.id)
    lost = f", and with it the result of {tasks[0].name}" if tasks else ""
    lost += f" and of {len(tasks) - 1} more" if len(tasks) > 1 else ""
    if name in _NATIVE:
        said = f"crashed with {name} at {moment(process.exited_ns)}{lost}: in native code, or by abort()."
        code, together = "crashed", f"crashed with {name}"
    else:
        why = "" if other and not process.out_of_memory else _reason(timeline, process, name)
        said = f"was killed by {name} at {moment(process.exited_ns)}{lost}{why}."
        code, together = "killed", f"were killed by {name}"
    severity = Severity.INFO if other and name == "SIGKILL" and not process.out_of_memory else Severity.PROBLEM
    yield _End(_finding(timeline, code, severity, sentence(f"{names([process])} {said}"), process), process, together)


def _was_idle(process: Process) -> bool:
    """Whether it had been waiting for something to do, as daemons that serve a Queue do."""
    stand = process.standstill
    idle = stand is not None and (stand.until_ns is None or stand.until_ns >= (process.exited_ns or 0))
    return idle and stand is not None and stand.main in (Wait.LOCK, Wait.PIPE_READ)


def _reason(timeline: Timeline, process: Process, name: str) -> str:
    """Who may have killed it; memory is spoken of only where figures are known."""
    if name != "SIGKILL":
        return ", by no call of terminate()"
    total, peak = timeline.memory_bytes, process.peak_rss_bytes
    used = f" (it used {format_bytes(peak)} at its peak)" if peak else ""
    if process.out_of_memory:
        return f": the kernel had run out of memory{used}"
    if total is None or not peak:
        return ", by no call of kill(): from outside, by itself, or for want of memory"
    together = _used_bytes(timeline, process.exited_ns or 0)
    if together >= _MUCH * total:
        return (f", by no call of kill(): probably out of memory, since the run used {format_bytes(together)} of the "
                f"{format_bytes(total)} that were available")  # fmt: skip
    if together <= _LITTLE * total:
        return (f", by no call of kill(): from outside or by itself, and hardly for want of memory, of which it used "
                f"{format_bytes(peak)}")  # fmt: skip
    return f", by no call of kill(): from outside, by itself, or for want of memory{used}"


def _used_bytes(timeline: Timeline, at_ns: int) -> int:
    """What all processes used together when they were last looked at before that moment."""
    total = 0
    for process in timeline.processes:
        if process.exited_ns is None or process.exited_ns >= at_ns:
            samples = timeline.samples.get(process.id)
            before = 0 if samples is None else int(np.searchsorted(samples.t, at_ns, side="right"))
            total += int(samples.rss[before - 1]) if samples is not None and before else 0
    return total


def _never_joined(timeline: Timeline, process: Process) -> Iterator[_End]:
    """It was a zombie until the program's end, which is known only then. What the interpreter does at exit is no join()."""
    if process.kind not in (ProcessKind.WORKER, ProcessKind.FORKED) or process.parent_id is None:
        return
    parent = timeline.process(process.parent_id)
    joined = process.joined_ns is not None and not any(is_exit_join(call) for call in timeline.calls_on(process.id))
    if joined or parent.exited_ns is None or process.exited_ns is None or timeline.cut_ns is not None:
        return
    ended_ns = parent.exited_ns if parent.target_ended_ns is None else parent.target_ended_ns
    collected_ns = parent.exited_ns if process.reaped_ns is None else process.reaped_ns
    if collected_ns - process.exited_ns < _ZOMBIE_NS or ended_ns - collected_ns >= NEAR_NS:
        return
    # The interpreter joins one child after another at exit: what ends in that time waits for nobody's join().
    exits = (call.began_ns for call in timeline.calls_by(parent.id) if is_exit_join(call))
    for_ns = min(collected_ns, parent.exited_ns, next(exits, collected_ns)) - process.exited_ns
    if for_ns >= _ZOMBIE_NS:
        text = (f"{process.name} ended at {moment(process.exited_ns)} and nobody joined it: for "
                f"{format_duration(for_ns / 1e9)}, until its parent's end, it stayed a zombie.")  # fmt: skip
        yield _End(_finding(timeline, "never_joined", Severity.ADVICE, text, process), process,
                   "had ended, were never joined, and stayed zombies until their parent's end")  # fmt: skip


def _finding(
    timeline: Timeline, code: str, severity: Severity, text: str, process: Process, at_ns: int | None = None
) -> Finding:
    """About one process, with the line that started it and the moment of its end, unless another one is given."""
    call = start_of(timeline, process)
    file, line, number = ("", 0, None) if call is None else (call.file, call.line, call.id)
    return Finding(
        code, severity, text, (process.id,), number, process.exited_ns if at_ns is None else at_ns, file, line
    )


def _never_ready(timeline: Timeline) -> Iterator[Finding]:
    """A Pool that replaces worker after worker, of which none comes to a task."""
    pools: dict[int, list[Process]] = {}
    for process in timeline.processes:
        if process.kind is ProcessKind.POOL_WORKER and process.failed and process.parent_id is not None:
            pools.setdefault(process.parent_id, []).append(process)
    for parent, failed in pools.items():
        before_ns = timeline.cut_ns
        failed = [p for p in failed if before_ns is None or (p.exited_ns or 0) < before_ns]
        children = [timeline.process(child) for child in timeline.children_of(parent)]
        if len(failed) >= _MOST_RESTARTS and not any(child.tasks for child in children):
            why = f" with {failed[0].error}" if failed[0].error else ""
            text = (f"A Pool of {names([timeline.process(parent)])} replaces its workers over and over: {len(failed):,} have "
                    f"ended{why} before their first task. What fails is its initializer, or what a worker does to import the "
                    "program.")  # fmt: skip
            ids = (parent, *(p.id for p in failed))
            yield Finding("never_ready", Severity.PROBLEM, text, ids, None, failed[0].exited_ns)


def _tasks(timeline: Timeline) -> Iterator[Finding]:
    """Tasks that raised, by what they are called and what they raised."""
    kinds: dict[tuple[int, int], list[tuple[int, int, int]]] = {}  # → (when first, process, how many) of each worker
    store = timeline.tasks
    for process in store.processes():
        lane = store.of(process)
        for name, error, count, at in [] if lane is None else lane.failures():
            assert lane is not None
            kinds.setdefault((name, error), []).append((int(lane.t1[at]), process, count))
    for (name, error), workers in kinds.items():
        workers.sort()
        count = sum(worker[2] for worker in workers)
        what, why = store.names[name], store.names[error]
        text = f"The task {what} raised {why}." if count == 1 else f"{count:,} tasks {what} raised {why}."
        ids = tuple(worker[1] for worker in workers)
        yield Finding("task_raised", Severity.ADVICE, text, ids, None, workers[0][0])


def _recording(timeline: Timeline) -> Iterator[Finding]:
    """What is missing from the recording, and what outlived it."""
    if timeline.torn_records:
        count = "1 record was" if timeline.torn_records == 1 else f"{timeline.torn_records:,} records were"
        yield Finding("torn", Severity.ADVICE, f"{count} begun and never finished: what they were to say is not known.")
    dropped = timeline.dropped_output_bytes - timeline.skipped_output_bytes
    if dropped > 0:
        yield Finding("dropped_output", Severity.ADVICE, f"{format_bytes(dropped)} of what was printed are not kept.")
    if timeline.skipped_output_bytes:
        text = f"{format_bytes(timeline.skipped_output_bytes)} of what was printed came too fast to show; a saved run has it."
        yield Finding("skipped_output", Severity.INFO, text)
    for slept in timeline.suspends:
        text = f"The machine slept for {format_duration(slept.lasted_ns / 1e9)}: the axis leaves that time out."
        yield Finding("suspended", Severity.INFO, text, at_ns=slept.at_ns)
    for warning in timeline.warnings:
        code = "left_running" if warning.startswith(LEFT_ALONE) else "recording"
        left = tuple(p.id for p in timeline.processes if p.left) if code == "left_running" else ()
        yield Finding(code, Severity.ADVICE, warning, left)


def beyond_ends(found: Iterable[Finding]) -> list[Finding]:
    """Those that neither a sentence on how the processes ended nor a warning tells."""
    return [one for one in found if one.code not in _TOLD]
