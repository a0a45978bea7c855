"""What the keeper saw of threads that do not move: what they wait in, their stacks, and who has the other ends.

Part of a Fold, which owns it. The keeper's journal is read before those of the processes, so a record may have to wait until
its process is known.
"""

import json
from typing import Any

from workers.folding.identities import Identities
from workers.folding.run_clock import RunClock
from workers.journal.keeper_kinds import LookTaken, StandstillNoted, ThreadWaitNoted
from workers.timeline.model import Process, Wait
from workers.timeline.stacks import EndHolder, ThreadWait, ends_of, problem_of, stacks_of
from workers.timeline.timeline import Timeline

AboutWaits = StandstillNoted | ThreadWaitNoted | LookTaken
"""The keeper's records that are taken here."""

_WAITS = {int(wait): wait for wait in Wait}


class WaitRecords:
    """Adds to the timeline what the keeper saw of waits."""

    def __init__(self, timeline: Timeline, clock: RunClock, identities: Identities) -> None:
        self._timeline = timeline
        self._clock = clock
        self._identities = identities
        self._early: list[tuple[AboutWaits, str]] = []

    def take(self, record: AboutWaits, texts: dict[int, str]) -> None:
        """A record about waits. texts: those of its journal."""
        text = ""
        if isinstance(record, ThreadWaitNoted):
            text = texts.get(record.ends_text, "")
        elif isinstance(record, LookTaken):
            text = texts.get(record.found_text, "")
        self._early.append((record, text))
        self.settle()

    def settle(self) -> None:
        """Use the records whose processes are known by now."""
        if self._clock.origin_ns is None:
            return
        early, self._early = self._early, []
        for record, text in early:
            process = self._identities.with_ticks(record.pid, record.ticks) if record.pid else None
            if (record.pid and process is None) or not self._knows_all(record, text):
                self._early.append((record, text))
            else:
                self._apply(process, record, text)

    def _knows_all(self, record: AboutWaits, text: str) -> bool:
        """Whether the processes of the run that a look at the ends of pipes names are known: their journals are read later."""
        if record.pid or not isinstance(record, LookTaken):
            return True
        holders = (holder for ends in ends_of(_decoded(text)).values() for holder in ends)
        return all(command or self._identities.with_pid(pid, record.clock_ns) for pid, _, _, command in holders)

    def _apply(self, process: Process | None, record: AboutWaits, text: str) -> None:
        at_ns = self._clock.since_start(record.clock_ns)
        if isinstance(record, LookTaken):
            self._apply_look(process, _decoded(text), record.clock_ns, at_ns)
        elif process is None:
            return
        elif isinstance(record, ThreadWaitNoted):
            self._apply_wait(process, record, text, at_ns)
        else:
            self._apply_standstill(process, record, at_ns)
        self._timeline.touch(None if process is None else process.id)

    def _apply_wait(self, process: Process, record: ThreadWaitNoted, text: str, at_ns: int) -> None:
        process.threads = record.threads or None
        process.handled_signals = record.signals
        _end_wait(process, record.thread, at_ns)
        if record.wait and self._counts(at_ns):
            wait = _WAITS.get(record.wait, Wait.OTHER)
            ends = tuple(int(word) for word in text.split() if word.isdigit())
            main = record.thread == record.pid
            self._timeline.add_wait(process.id, ThreadWait(record.thread, main, wait, at_ns, None, record.object, ends))

    def _apply_standstill(self, process: Process, record: StandstillNoted, at_ns: int) -> None:
        """A run that was recorded before each thread was noted: its first thread, and what the others wait in."""
        for one in process.waits:
            if one.until_ns is None:
                one.until_ns = at_ns
        if not record.waits or not self._counts(at_ns):
            return
        first = _WAITS.get(record.first_wait, Wait.OTHER)
        others = [wait for wait in Wait if record.waits >> wait & 1 and wait is not first]
        process.threads = 1 + len(others)
        self._timeline.add_wait(process.id, ThreadWait(record.pid, True, first, at_ns))
        for number, wait in enumerate(others, 1):
            self._timeline.add_wait(process.id, ThreadWait(-number, False, wait, at_ns))

    def _apply_look(self, process: Process | None, found: Any, clock_ns: int, at_ns: int) -> None:
        if process is None:
            for inode, holders in ends_of(found).items():
                if inode in self._timeline.holders and not self._counts(at_ns):
                    continue
                self._timeline.holders[inode] = tuple(
                    self._holder(pid, reads, writes, command, clock_ns) for pid, reads, writes, command in holders
                )
            return
        process.stacks_problem = problem_of(found)
        if process.stacks_problem:
            return
        if process.stacks and process.stacks_before is None and not self._counts(at_ns):
            process.stacks_before = process.stacks, process.stacks_ns
        process.stacks = stacks_of(found)
        process.stacks_ns = at_ns
        frames = {stack.thread: stack.frames for stack in process.stacks}
        for wait in process.waits:
            if wait.until_ns is None and not wait.frames:
                wait.frames = frames.get(wait.thread, ())

    def _holder(self, pid: int, reads: bool, writes: bool, command: str, clock_ns: int) -> EndHolder:
        process = None if command else self._identities.with_pid(pid, clock_ns)
        return EndHolder(None if process is None else process.id, pid, command, reads, writes)

    def _counts(self, at_ns: int) -> bool:
        """Whether the run was not being ended by then."""
        return self._timeline.cut_ns is None or at_ns <= self._timeline.cut_ns


def _end_wait(process: Process, thread: int, at_ns: int) -> None:
    for wait in reversed(process.waits):
        if wait.thread == thread:
            if wait.until_ns is None:
                wait.until_ns = max(at_ns, wait.since_ns)
            return


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
