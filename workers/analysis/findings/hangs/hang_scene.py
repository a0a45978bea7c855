"""A run at one moment, for the search for hangs: who is alive, who waits for whom, who can never go on. Pure, any process."""

import os
from dataclasses import replace
from functools import cached_property

from workers.analysis.findings.evidence import few, of_call, of_end, of_life
from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence, Finding, Severity, capitalized, names, start_of
from workers.analysis.findings.hangs.stuck_threads import ThreadKey, stuck_threads
from workers.analysis.findings.hangs.user_calls import UserCall, is_in, user_call, waits_for_a_task
from workers.timeline.model import Call, CallName, Process, ProcessKind, Wait
from workers.timeline.stacks import SourceLine, ThreadStack, ThreadWait
from workers.timeline.timeline import Timeline

PATIENCE_NS = 3_000_000_000
"""A thread that has not moved for less than this is not taken to hang."""

_STACKS_WITHIN_NS = 4_000_000_000
"""How much later its stack may be read."""
_LATEST_CALLS = 32
_SEEN_EARLY_NS = 500_000_000
"""How much too early a wait may seem to begin: between two samples a thread can run on without being switched out."""


class HangScene:
    """A run as it was at one moment.

    living: the processes that live then, without helpers.
    waits: by process id and thread, the waits of the threads that had not moved for PATIENCE_NS.
    joins: by process id, the join() without a timeout that it is in.
    asks: by process id, the loop that it is in and that only ends once its processes have. It counts as a join().
    """

    def __init__(self, timeline: Timeline, at_ns: int) -> None:
        self.timeline = timeline
        self.at_ns = at_ns
        self.living = [p for p in timeline.processes if p.kind is not ProcessKind.HELPER and self.lives(p)]
        self.waits = {
            ThreadKey(process.id, wait.thread): wait
            for process in self.living
            for wait in process.waiting(at_ns)
            if at_ns - wait.since_ns >= PATIENCE_NS and not self._went_on(process, wait)
        }
        self._note_closing_loops()
        self._mains = {key.process: wait for key, wait in self.waits.items() if wait.main}
        self.joins = {p.id: join for p in self.living if (join := self._join_of(p)) is not None}
        self.asks: dict[int, SourceLine] = {}
        for process in self.living:
            if process.id not in self._mains and process.id not in self.joins:
                self._note_asking(process)

    def lives(self, process: Process) -> bool:
        """Whether it was alive. A Pool replaces workers that the end of the run takes: those came later."""
        began_ns, ended_ns = process.life_began_ns, process.last_ns
        if not process.began or process.not_born or (began_ns is not None and began_ns > self.at_ns):
            return False
        return ended_ns is None or ended_ns > self.at_ns

    def gone(self) -> list[Process]:
        """The processes that had exited, without helpers."""
        return [p for p in self.timeline.processes if p.kind is not ProcessKind.HELPER
                and p.exited_ns is not None and p.exited_ns <= self.at_ns]  # fmt: skip

    def joiner_of(self, process: Process) -> Call | None:
        """The join() without a timeout, or the loop that asks, in which some process waits for this one."""
        asked = process.kind is ProcessKind.WORKER and process.parent_id in self.asks
        return next((join for join in self.joins.values()
                     if join.process == process.id or (asked and join.by == process.parent_id)), None)  # fmt: skip

    def main_wait(self, process: Process) -> ThreadWait | None:
        """What its first thread has waited in for PATIENCE_NS."""
        return self._mains.get(process.id)

    def stack(self, process: Process) -> ThreadStack | None:
        """The stack of its first thread, which waits in it still."""
        wait = self.main_wait(process)
        return next((one for one in process.hang_stacks
                     if wait is not None and one.thread == wait.thread and one.frames == wait.frames), None)  # fmt: skip

    def call(self, process: Process) -> UserCall | None:
        """The call in the user's code that its first thread waits in; None where its stack is not known, or has none."""
        wait = self.main_wait(process)
        return None if wait is None else user_call(wait.frames)

    def place(self, process: Process) -> str:
        """`` in Queue.get() (worker.py:41)`` for that call; empty where it is not known."""
        call = self.call(process)
        return "" if call is None else call.place

    @cached_property
    def _stuck(self) -> set[ThreadKey]:
        return stuck_threads(self.timeline, self.living, self.waits, self.joins)

    def is_stuck(self, process: Process) -> bool:
        """Whether its first thread can never go on, as far as is seen."""
        wait = self.main_wait(process)
        return wait is not None and ThreadKey(process.id, wait.thread) in self._stuck

    def is_stuck_thread(self, key: ThreadKey) -> bool:
        """Whether this thread can never go on, as far as is seen."""
        return key in self._stuck

    @cached_property
    def stuck(self) -> list[Process]:
        """The processes that are stuck, without workers of pools that wait for something to do."""
        return [p for p in self.living if self.is_stuck(p) and not waits_for_a_task(self._mains[p.id].frames)]

    @cached_property
    def someone_waits(self) -> bool:
        """Whether the program itself is stuck, or a process that another one joins."""
        return any(p.id == 1 or p.id in self.joins or self.joiner_of(p) is not None for p in self.stuck)

    @property
    def awaits_stacks(self) -> bool:
        """Whether the stacks of stuck processes may still be read, so that a cause that is only guessed has to wait."""
        if self.timeline.ended or self.timeline.cut_ns is not None:
            return False
        waits = [(p, wait) for p in self.stuck if (wait := self.main_wait(p)) is not None and wait.thread > 0]
        return any(
            not wait.frames and not p.stacks_problem and self.at_ns - wait.since_ns < PATIENCE_NS + _STACKS_WITHIN_NS
            for p, wait in waits
        )

    @cached_property
    def full_pipes(self) -> list[tuple[Process, Call]]:
        """(process that is stuck for lack of room in a pipe, join() that waits for this process) where there are both."""
        full = {key.process for key, wait in self.waits.items() if wait.wait is Wait.PIPE_WRITE and key in self._stuck}
        return [(p, join) for p in self.living if p.id in full and (join := self.joiner_of(p)) is not None]

    def wait_finding(self, code: str, text: str, process: Process, others: list[Process]) -> Finding:
        """A finding about a process that is stuck: it points to the line that it waits at, else to the join() that waits for
        this process, else to the start of the first of `others`."""
        wait = self.main_wait(process)
        assert wait is not None
        ids, since_ns = (process.id, *(p.id for p in others)), wait.since_ns
        call = user_call(wait.frames)
        if call is not None:
            return Finding(code, Severity.PROBLEM, capitalized(text), ids, None, since_ns, call.file, call.line)
        join = self.joiner_of(process)
        if join is not None:
            return join_finding(code, text, join, ids, since_ns)
        start = start_of(self.timeline, others[0] if others else process)
        call_id, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
        return Finding(code, Severity.PROBLEM, capitalized(text), ids, call_id, since_ns, file, line)

    def with_evidence(self, finding: Finding) -> Finding:
        """A finding with the waits and ends of its processes as evidence, if it has none of its own."""
        if finding.evidence:
            return finding
        processes = [self.timeline.process(number) for number in finding.processes[:MOST_EVIDENCE]]
        # A join() only waits for another wait to end: those are nearer to the cause.
        processes.sort(key=lambda process: process.id in self.joins)
        return replace(finding, evidence=few(one for process in processes for one in self._evidence_of(process)))

    def _evidence_of(self, process: Process) -> tuple[Evidence, ...]:
        """What it waits in, or how it ended before."""
        if not self.lives(process):
            return of_end(self.timeline, process)
        wait, join = self.main_wait(process), self.joins.get(process.id)
        if process.id in self.asks and wait is not None:
            return (Evidence(process.id, wait.since_ns, process.last_ns),)
        if join is not None and (wait is None or join.began_ns <= wait.since_ns + _SEEN_EARLY_NS):
            return (of_call(self.timeline, join),)
        if wait is not None:
            return (Evidence(process.id, wait.since_ns, process.last_ns if wait.until_ns is None else wait.until_ns),)
        return of_life(process, process.paused_ns) if process.paused else ()

    def _went_on(self, process: Process, wait: ThreadWait) -> bool:
        """Whether its first thread recorded a call since. A keeper that is late on a busy machine has not looked again yet."""
        from_ns, until_ns = wait.since_ns + _SEEN_EARLY_NS, self.timeline.cut_ns
        return wait.main and any(
            not call.thread and at_ns is not None and at_ns > from_ns and (until_ns is None or at_ns <= until_ns)
            for call in self.timeline.calls_by(process.id)[-_LATEST_CALLS:]
            for at_ns in (call.began_ns, call.ended_ns)
        )

    def _note_closing_loops(self) -> None:
        """An event loop of asyncio that waits at its end for the threads of its executor waits for nothing else."""
        for key, wait in list(self.waits.items()):
            if wait.main and wait.wait is Wait.SOCKET and is_in(wait.frames, "base_events.py", "run_forever"):
                stacks = self.timeline.process(key.process).hang_stacks
                if any(is_in(stack.frames, "base_events.py", "_do_shutdown") for stack in stacks):
                    self.waits[key] = replace(wait, wait=Wait.OWN_LOCK)

    def _note_asking(self, process: Process) -> None:
        """Take a process for one that waits if its first thread asks in a loop whether its children have ended, and each of
        these waits."""
        stack = next((one for one in process.hang_stacks if one.thread == process.pid), None)
        if stack is None or stack.asks_ends is None or process.pid is None or process.hang_stacks_ns is None:
            return
        if process.hang_stacks_ns > self.at_ns + _STACKS_WITHIN_NS:
            return
        children = [p for p in self.living if p.parent_id == process.id and p.kind is ProcessKind.WORKER]
        waits = [(wait, p) for p in children if (wait := self.main_wait(p)) is not None]
        if not children or len(waits) < len(children) or any(w.since_ns > process.hang_stacks_ns for w, _ in waits):
            return
        self.asks[process.id] = stack.asks_ends
        since_ns = min(wait.since_ns for wait, _ in waits)
        child = waits[0][1]
        wait = ThreadWait(process.pid, True, Wait.CHILD, since_ns, frames=stack.frames)
        self.waits[ThreadKey(process.id, process.pid)] = self._mains[process.id] = wait
        self.joins[process.id] = Call(
            0, process.id, CallName.IS_ALIVE, child.id, since_ns, file=stack.asks_ends.file, line=stack.asks_ends.line
        )

    def _join_of(self, process: Process) -> Call | None:
        """The join() without a timeout that it is in; if its first thread does not move, the one that it is in since then."""
        wait = self.main_wait(process)
        at_ns = self.at_ns if wait is None else min(self.at_ns, wait.since_ns + _SEEN_EARLY_NS)
        for call in reversed(self.timeline.calls_by(process.id)[-_LATEST_CALLS:]):
            if call.began_ns <= at_ns and (call.ended_ns is None or call.ended_ns > at_ns):
                endless = call.name is CallName.JOIN and call.timeout_s is None and call.process is not None
                return call if endless else None
        return None


def join_finding(code: str, text: str, join: Call, processes: tuple[int, ...], at_ns: int | None = None) -> Finding:
    """A finding about a join() that does not return. at_ns: since when, if not since its beginning."""
    at_ns = join.began_ns if at_ns is None else max(at_ns, join.began_ns)
    return Finding(code, Severity.PROBLEM, capitalized(text), processes, join.id or None, at_ns, join.file, join.line)


def join_words(scene: HangScene, join: Call) -> str:
    """``the program waits in join() for Process-1``, or that it asks in a loop whether its processes have ended."""
    waiter = names([scene.timeline.process(join.by)])
    asks = scene.asks.get(join.by)
    if asks is None:
        return f"{waiter} waits in join() for {names([scene.timeline.process(join.process or 0)])}"
    children = [p for p in scene.living if p.parent_id == join.by and p.kind is ProcessKind.WORKER]
    have = "has" if len(children) == 1 else "have"
    where = f"{os.path.basename(asks.file)}:{asks.line}"
    return f"{waiter} asks again and again whether {names(children)} {have} ended ({asks.text}, {where})"
