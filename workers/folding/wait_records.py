"""What the keeper saw of threads that do not move: what they wait in, their stacks, and who has the other ends.

Part of a Fold, which owns it. The keeper's journal is read before those of the processes, so a record may have to wait until
its process is known.
"""

import json
from collections import deque
from dataclasses import dataclass, field
from functools import partial
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
_MOST_LOOKS = 100
"""So many looks at ends wait for their processes, the latest: of an end the last look counts."""


class WaitRecords:
    """Adds to the timeline what the keeper saw of waits."""

    def __init__(self, timeline: Timeline, clock: RunClock, identities: Identities) -> None:
        self._timeline = timeline
        self._clock = clock
        self._identities = identities
        self._ends_looks: list[_EndsLook] = []  # that name processes whose journals are read later
        self._open: dict[int, dict[int, ThreadWait]] = {}  # waits that have not ended, by process and thread

    def take(self, record: AboutWaits, texts: dict[int, str]) -> None:
        """A record about waits. texts: those of its journal. What is used here belongs to one record, and is gone from there:
        of a damaged journal many records may name one long text."""
        if isinstance(record, LookTaken) and not record.pid:
            self._ends_looks.append(_EndsLook(record.clock_ns, ends_of(_decoded(_taken(texts, record.found_text)))))
            self.settle()
            return
        text = ""
        if isinstance(record, ThreadWaitNoted):
            text = _taken(texts, record.ends_text)
        elif isinstance(record, LookTaken):
            text = _taken(texts, record.found_text)
        self._identities.when_claimed((record.pid, record.ticks), partial(self._apply, record, text))

    def settle(self) -> None:
        """Use the looks at ends whose processes are known by now."""
        waiting = []
        for look in self._ends_looks:
            if look.is_placed(self._identities):
                self._apply_ends(look)
            else:
                waiting.append(look)
        self._ends_looks = waiting[-_MOST_LOOKS:]

    def _apply(self, record: AboutWaits, text: str, process: Process) -> None:
        at_ns = self._clock.since_start(record.clock_ns)
        if isinstance(record, LookTaken):
            self._apply_look(process, _decoded(text), at_ns)
        elif isinstance(record, ThreadWaitNoted):
            self._apply_wait(process, record, text, at_ns)
        else:
            self._apply_standstill(process, record, at_ns)
        self._timeline.touch(process.id)

    def _apply_wait(self, process: Process, record: ThreadWaitNoted, text: str, at_ns: int) -> None:
        process.threads = record.threads or None
        process.handled_signals = record.signals
        waits = self._open.setdefault(process.id, {})
        if (ended := waits.pop(record.thread, None)) is not None:
            ended.until_ns = max(at_ns, ended.since_ns)
        if record.wait and self._counts(at_ns):
            wait = _WAITS.get(record.wait, Wait.OTHER)
            ends = tuple(int(word) for word in text.split() if word.isdigit())
            main = record.thread == record.pid
            self._add(process, ThreadWait(record.thread, main, wait, at_ns, None, record.object, ends))

    def _apply_standstill(self, process: Process, record: StandstillNoted, at_ns: int) -> None:
        """A run that was recorded before each thread was noted: its first thread, and what the others wait in."""
        for one in self._open.pop(process.id, {}).values():
            one.until_ns = at_ns
        if not record.waits or not self._counts(at_ns):
            return
        first = _WAITS.get(record.first_wait, Wait.OTHER)
        others = [wait for wait in Wait if record.waits >> wait & 1 and wait is not first]
        process.threads = 1 + len(others)
        self._add(process, ThreadWait(record.pid, True, first, at_ns))
        for number, wait in enumerate(others, 1):
            self._add(process, ThreadWait(-number, False, wait, at_ns))

    def _apply_look(self, process: Process, found: Any, at_ns: int) -> None:
        process.stacks_problem = problem_of(found)
        if process.stacks_problem:
            return
        if process.stacks and process.stacks_before is None and not self._counts(at_ns):
            process.stacks_before = process.stacks, process.stacks_ns
        process.stacks = stacks_of(found)
        process.stacks_ns = at_ns
        waits = self._open.get(process.id, {})
        for stack in process.stacks:
            wait = waits.get(stack.thread)
            if wait is not None and not wait.frames:
                wait.frames = stack.frames

    def _apply_ends(self, look: "_EndsLook") -> None:
        counts = self._counts(self._clock.since_start(look.clock_ns))
        for inode, holders in look.ends.items():
            if counts or inode not in self._timeline.holders:
                self._timeline.holders[inode] = tuple(
                    self._holder(pid, reads, writes, command, look.clock_ns) for pid, reads, writes, command in holders
                )
        self._timeline.touch(None)

    def _add(self, process: Process, wait: ThreadWait) -> None:
        self._timeline.add_wait(process.id, wait)
        self._open.setdefault(process.id, {})[wait.thread] = wait

    def _holder(self, pid: int, reads: bool, writes: bool, command: str, clock_ns: int) -> EndHolder:
        process = None if command else self._identities.with_pid(pid, clock_ns)
        return EndHolder(None if process is None else process.id, pid, command, reads, writes)

    def _counts(self, at_ns: int) -> bool:
        """Whether the run was not being ended by then."""
        return self._timeline.cut_ns is None or at_ns <= self._timeline.cut_ns


@dataclass(slots=True)
class _EndsLook:
    """A look at who has the ends of pipes. ends: as of `ends_of`. named: the processes of the run that are not known yet."""

    clock_ns: int
    ends: dict[int, list[tuple[int, bool, bool, str]]]
    named: deque[int] = field(init=False)

    def __post_init__(self) -> None:
        self.named = deque(pid for ends in self.ends.values() for pid, _, _, command in ends if not command)

    def is_placed(self, identities: Identities) -> bool:
        """Whether all processes are known that it names."""
        while self.named and identities.with_pid(self.named[0], self.clock_ns):
            self.named.popleft()
        return not self.named


def _taken(texts: dict[int, str], number: int) -> str:
    return texts.pop(number, "") if number else ""


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
