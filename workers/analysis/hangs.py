"""Waits that cannot end: who waits for whom, when nothing of a run moves any more. Pure functions on a timeline, any process.

Only what was seen is used: joins without a timeout that go on, processes that were stopped by a signal, and processes that
did not run at all for a while, with what the kernel says their threads sleep in (`workers.keeper.stalls`).
"""

from collections.abc import Iterator

import numpy as np

from workers.analysis.finding import Finding, Severity, moment, names, sentence, start_of
from workers.analysis.wait_causes import cut_short, ended, waits_for, way_out, who
from workers.timeline.model import Call, CallName, Process, ProcessKind, Task, Wait
from workers.timeline.timeline import Timeline

PATIENCE_NS = 3_000_000_000
"""How long nothing must have moved before that is taken for a wait without an end."""

_PAUSED_NS = 1_000_000_000
_UNSEEN_PATIENCE_NS = 10_000_000_000
_LATEST = 32
_ENDLESS = frozenset((Wait.LOCK, Wait.OWN_LOCK, Wait.PIPE_READ, Wait.PIPE_WRITE, Wait.CHILD))


def hangs(timeline: Timeline) -> list[Finding]:
    """What hangs now or, of a run that somebody had to end, what hung then. Nothing of a run that ended by itself."""
    at_ns = timeline.cut_ns if timeline.ended or timeline.cut_ns is not None else timeline.now_ns
    if at_ns is None:
        return []
    scene = _Scene(timeline, at_ns)
    found = [*scene.paused(), *scene.in_the_kernel()]
    return found or list(scene.standing()) or list(scene.lost_results()) or list(scene.unseen())


class _Scene:
    """A run as it was at one moment."""

    def __init__(self, timeline: Timeline, at_ns: int) -> None:
        self._timeline = timeline
        self._at_ns = at_ns
        self._living = [p for p in timeline.processes if p.kind is not ProcessKind.HELPER and self._lives(p)]
        self._joins = {p.id: join for p in self._living if (join := self._join_of(p)) is not None}

    def _lives(self, process: Process) -> bool:
        ended_ns = process.last_ns
        return process.began and not process.not_born and (ended_ns is None or ended_ns > self._at_ns)

    def _join_of(self, process: Process) -> Call | None:
        """The join() without a timeout that it is in; of one that did not move, the one that it has been in since then."""
        stand = process.standstill
        at_ns = stand.since_ns if stand is not None and self._is_still(process) else self._at_ns
        for call in reversed(self._timeline.calls_by(process.id)[-_LATEST:]):
            if call.began_ns <= at_ns and (call.ended_ns is None or call.ended_ns > at_ns):
                endless = call.name is CallName.JOIN and call.timeout_s is None and call.process is not None
                return call if endless else None
        return None

    def _joiner_of(self, process: Process) -> Call | None:
        return next((join for join in self._joins.values() if join.process == process.id), None)

    def _is_paused(self, process: Process) -> bool:
        began, ended = process.paused_ns, process.resumed_ns
        return began is not None and self._at_ns - began >= _PAUSED_NS and (ended is None or ended >= self._at_ns)

    def _is_still(self, process: Process) -> bool:
        stand = process.standstill
        return (
            stand is not None
            and self._at_ns - stand.since_ns >= PATIENCE_NS
            and (stand.until_ns is None or stand.until_ns >= self._at_ns)
        )

    def _is_stuck(self, process: Process) -> bool:
        """Whether it waits without an end for something that only another process of the run could give."""
        if not self._is_still(process):
            return False
        assert process.standstill is not None
        joins = {Wait.OTHER} if process.id in self._joins else set()  # some start methods wait by other means
        return process.standstill.waits - joins <= _ENDLESS

    def paused(self) -> Iterator[Finding]:
        """Processes that were stopped by a signal and not let go on."""
        for process in self._living:
            if not self._is_paused(process):
                continue
            join, tasks = self._joiner_of(process), self._timeline.open_tasks(process.id)
            if join is None:
                task = f", and with it the task {tasks[0].name}," if tasks else ""
                text = (f"{names([process])}{task} has been stopped by a signal since {moment(process.paused_ns)}: "
                        "it goes on only after SIGCONT.")  # fmt: skip
                severity = Severity.PROBLEM if tasks else Severity.ADVICE
                yield Finding("stopped", severity, sentence(text), (process.id,), None, process.paused_ns)
            else:
                waiter = self._timeline.process(join.by)
                text = (f"{names([waiter])} waits in join() for {names([process])}, which is stopped by a signal and "
                        "goes on only after SIGCONT.")  # fmt: skip
                yield _of_join("stopped", text, join, (process.id, waiter.id))

    def in_the_kernel(self) -> Iterator[Finding]:
        """Processes that not even a signal reaches."""
        for process in self._living:
            stand = process.standstill
            if stand is not None and stand.main is Wait.KERNEL and self._is_still(process):
                text = (f"{names([process])} does not respond since {moment(stand.since_ns)}: it waits inside the kernel, as "
                        "for a disk or a network file system, and no signal reaches it there.")  # fmt: skip
                yield Finding("not_responding", Severity.ADVICE, sentence(text), (process.id,), None, stand.since_ns)

    def standing(self) -> Iterator[Finding]:
        """Every process waits for another one."""
        if not self._living or not all(self._is_stuck(process) for process in self._living):
            return
        full = [p for p in self._living if p.standstill is not None and Wait.PIPE_WRITE in p.standstill.waits]
        joined = [(process, join) for process in full if (join := self._joiner_of(process)) is not None]
        for process, join in joined:
            yield self._undrained(process, join)
        if not joined:
            yield from self._nobody_moves()

    def _undrained(self, process: Process, join: Call, surely: str = "") -> Finding:
        waiter = names([self._timeline.process(join.by)])
        if process.target_ended_ns is not None and process.target_ended_ns <= self._at_ns:
            text = (f"{waiter} waits in join() for {names([process])}, which {surely}cannot end before somebody reads what it "
                    "put into a Queue: get everything from the Queue before join().")  # fmt: skip
        else:
            text = (f"{waiter} waits in join() for {names([process])}, which {surely}waits for somebody to read from a full "
                    "pipe: take everything from the Queue or Connection before join().")  # fmt: skip
        return _of_join("undrained", text, join, (process.id, join.by))

    def _nobody_moves(self) -> Iterator[Finding]:
        if len(self._living) > 1:
            yield self._dead_holder() or self._deadlock()
        elif self._living:
            yield from self._last_one(self._living[0])

    def _dead_holder(self) -> Finding | None:
        """Somebody waits for what a process that came to no good end may have held, or was to send."""
        dead = [p for p in self._gone() if cut_short(p)]
        for process in self._living:
            if not dead or process.id in self._joins or process.standstill is None:
                continue
            what = process.standstill.main
            if what in (Wait.LOCK, Wait.PIPE_READ):
                may = "may have held it" if what is Wait.LOCK else "may have been the one to send it"
                text = f"{names([process])} waits without end for {waits_for(process)}: {who(dead)} {may}."
                return self._of_wait("dead_holder", text, process, dead)
        return None

    def _deadlock(self) -> Finding:
        """All that live wait, and for what they wait only they could end it."""
        parts = [self._words(process) for process in self._living[:3]]
        more = f"; and {len(self._living) - 3} more wait" if len(self._living) > 3 else ""
        waiting = [process for process in self._living if process.id not in self._joins]
        text = f"Nothing moves any more: {'; '.join(parts)}{more}.{way_out(waiting, joined=bool(self._joins))}"
        ids = tuple(process.id for process in self._living)
        since = max(p.standstill.since_ns for p in self._living if p.standstill is not None)
        join = next(iter(self._joins.values()), None)
        return (Finding("deadlock", Severity.PROBLEM, text, ids, None, since) if join is None
                else _of_join("deadlock", text, join, ids, since))  # fmt: skip

    def _last_one(self, process: Process) -> Iterator[Finding]:
        """Only one is left, and it waits for what only another could give. Alone from the start it would be its own affair."""
        gone, stand = self._gone(), process.standstill
        if not gone or stand is None or stand.main not in (Wait.LOCK, Wait.PIPE_READ):
            return
        what = "send it" if stand.main is Wait.PIPE_READ else "release or set it"
        text = (f"{names([process])} waits for {waits_for(process)}, and no other process is left that could {what}: "
                f"{ended(gone)}.")  # fmt: skip
        yield self._of_wait("last_one", text, process, gone[::-1])

    def _gone(self) -> list[Process]:
        return [p for p in self._timeline.processes if p.kind is not ProcessKind.HELPER
                and p.exited_ns is not None and p.exited_ns <= self._at_ns]  # fmt: skip

    def _of_wait(self, code: str, text: str, process: Process, others: list[Process]) -> Finding:
        """About a process that waits in no call that is recorded: who joins it is told, else who started the other one."""
        assert process.standstill is not None
        ids, since_ns = (process.id, *(p.id for p in others)), process.standstill.since_ns
        join = self._joiner_of(process)
        if join is not None:
            return _of_join(code, text, join, ids, since_ns)
        start = start_of(self._timeline, others[0])
        number, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
        return Finding(code, Severity.PROBLEM, sentence(text), ids, number, since_ns, file, line)

    def _words(self, process: Process) -> str:
        join = self._joins.get(process.id)
        if join is not None and join.process is not None:
            return f"{names([process])} waits in join() for {names([self._timeline.process(join.process)])}"
        return f"{names([process])} waits for {waits_for(process)}"

    def lost_results(self) -> Iterator[Finding]:
        """A parent waits for what a worker of its Pool took to the grave."""
        for parent in self._living:
            stand = parent.standstill
            if stand is None or stand.main not in (Wait.LOCK, Wait.OWN_LOCK) or not self._is_still(parent):
                continue
            children = [p for p in self._timeline.processes if p.parent_id == parent.id]
            if any(self._timeline.open_tasks(p.id) for p in children if self._lives(p)):
                continue
            lost = [(child, task) for child in children if child.exited_ns is not None
                    and child.exited_ns <= stand.since_ns and child.failed
                    for task in self._timeline.open_tasks(child.id)]  # fmt: skip
            if lost:
                yield self._lost_result(parent, lost)

    def _lost_result(self, parent: Process, lost: list[tuple[Process, Task]]) -> Finding:
        child, task = lost[0]
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        text = (f"{names([parent])} waits for the result of {task.name}{more}, which will never come: {names([child])} "
                f"ended with {child.signal_name or child.exit_text} while it ran it.")  # fmt: skip
        return Finding("lost_result", Severity.PROBLEM, sentence(text), (parent.id, child.id), None, child.exited_ns)

    def unseen(self) -> Iterator[Finding]:
        """Where the system does not tell what a process sleeps in: one that long since was to end, and uses no CPU."""
        if any(process.standstill is not None for process in self._timeline.processes):
            return
        for process in self._living:
            ended_ns, join = process.target_ended_ns, self._joiner_of(process)
            if join is None or ended_ns is None or self._at_ns - ended_ns < _UNSEEN_PATIENCE_NS:
                continue
            samples = self._timeline.samples.get(process.id)
            if samples is None or not len(samples):
                continue
            first = int(np.searchsorted(samples.t, ended_ns))
            if first < len(samples) - 1 and samples.cpu_s[first] == samples.cpu_s[-1]:
                yield self._undrained(process, join, "probably ")


def _of_join(code: str, text: str, join: Call, processes: tuple[int, ...], at_ns: int | None = None) -> Finding:
    at_ns = join.began_ns if at_ns is None else max(at_ns, join.began_ns)
    return Finding(code, Severity.PROBLEM, sentence(text), processes, join.id, at_ns, join.file, join.line)
