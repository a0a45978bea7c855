"""When a process is looked into, and what becomes of that. Runs in the keeper's main thread.

A look is taken by a process of its own (`look_taker`) when the first thread of a process has waited for some seconds, or when
the user asks. It is bounded: each wait is looked into once, a few processes at a time, a few times a run, ever more seldom.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from workers.journal.codes import Wait
from workers.keeper.event_loop import Loop, PipeSource
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.observations import SeenWait, WaitChange
from workers.system import processes

_AFTER_NS = 1_700_000_000
"""A wait that lasts so long is looked into."""
_AFTER_NS_IF_BUSY = 20_000_000_000
"""The same while the run computes: a parent that waits for its workers is no reason to take time from them."""
_LEAST_APART_NS = 1_500_000_000
_MOST_PROCESSES, _MOST_LOOKS = 24, 12
"""Processes of one look, and automatic looks of one run."""
_LIMIT_NS = 30_000_000_000
_ENDLESS = frozenset((Wait.LOCK, Wait.OWN_LOCK, Wait.PIPE_READ, Wait.PIPE_WRITE, Wait.CHILD, Wait.SEVERAL, Wait.SIGNAL))

_ProcessKey = tuple[int, int]
"""A process's pid and start time."""


class Looks:
    """Begins looks, and writes what they find into the journal.

    loop: reads the output of the process that looks; None where no look can be taken.
    looked: called after each look.
    """

    def __init__(self, journal: KeeperJournal, loop: Loop | None, looked: Callable[[], None]) -> None:
        self._journal = journal
        self._loop = loop
        self._tell_owner = looked
        self._waits: dict[_ProcessKey, dict[int, WaitChange]] = {}  # by thread
        self._looked: dict[_ProcessKey, int] = {}  # since when the wait lasts that was looked into last
        self._taker: subprocess.Popen[bytes] | None = None
        self._incomplete = b""
        self._began_ns = self._next_ns = 0
        self._taken = 0
        self._wanted: set[_ProcessKey] | None = None

    def note(self, process: _ProcessKey, change: WaitChange) -> None:
        """A thread does not move for a while, or moves again."""
        waits = self._waits.setdefault(process, {})
        if change.seen is None:
            waits.pop(change.thread, None)
        else:
            waits[change.thread] = change

    def forget(self, process: _ProcessKey) -> None:
        """The process has ended."""
        self._waits.pop(process, None)
        self._looked.pop(process, None)

    def ask(self) -> None:
        """The user wants to see all stacks now."""
        self._wanted = set()

    def begin_if_due(self, living: list[_ProcessKey], *, busy: bool = False) -> None:
        """Take a look if there is something to look into.

        living: the processes of the run. busy: they compute, so that an automatic look would take time from them.
        """
        now_ns = time.perf_counter_ns()
        if self._loop is None:
            return
        if self._taker is not None:
            if now_ns - self._began_ns > _LIMIT_NS:
                self._cancel()
            return
        asked = self._wanted is not None
        if not asked and (now_ns < self._next_ns or self._taken >= _MOST_LOOKS):
            return
        targets = living if asked else [process for process in living if self._is_due(process, now_ns, busy=busy)]
        if targets and not asked and any(self._waits_for_lock(process) for process in targets):
            targets += [process for process in living if process not in targets and self._is_still(process)]
        if targets and not asked:
            targets += self._moving_parents(targets, living)
        if targets:
            self._wanted = None
            self._begin(targets[:_MOST_PROCESSES], living, now_ns, self._loop)
            if not asked:
                self._taken += 1
                self._next_ns = now_ns + (_LEAST_APART_NS << self._taken // 2)

    def stop(self) -> None:
        """Take no more looks: the program has ended."""
        self._loop = None
        self._cancel()

    def _cancel(self) -> None:
        """End the look that is under way, if there is one."""
        taker, self._taker = self._taker, None
        if taker is not None:
            try:
                os.killpg(taker.pid, signal.SIGKILL)
            except OSError:
                pass  # it has ended

    def _is_due(self, process: _ProcessKey, now_ns: int, *, busy: bool) -> bool:
        waits = self._waits.get(process, {})
        main = waits.get(process[0])
        if main is None or main.seen is None:
            return False
        # An event loop may wait for a thread of its own, which waits itself.
        loops = main.seen.wait is Wait.SOCKET and any(
            one.seen is not None and one.seen.wait is Wait.OWN_LOCK for one in waits.values()
        )
        if main.seen.wait not in _ENDLESS and not loops:
            return False
        return (
            now_ns - main.since_ns >= (_AFTER_NS_IF_BUSY if busy else _AFTER_NS)
            and self._looked.get(process) != main.since_ns
        )

    def _waits_for_lock(self, process: _ProcessKey) -> bool:
        """Whether its first thread waits for a lock of multiprocessing, whose holder is told by the source it is in."""
        main = self._waits.get(process, {}).get(process[0])
        return main is not None and main.seen is not None and main.seen.wait is Wait.LOCK

    def _is_still(self, process: _ProcessKey) -> bool:
        """Whether its first thread waits in whatever way, and that was not looked into yet."""
        main = self._waits.get(process, {}).get(process[0])
        return main is not None and self._looked.get(process) != main.since_ns

    def _moving_parents(self, targets: list[_ProcessKey], living: list[_ProcessKey]) -> list[_ProcessKey]:
        """The program, and the parents of these, as far as they move: they may do so to ask whether the others have ended."""
        pids = {stat.ppid for pid, _ in targets if (stat := processes.look(pid)) is not None} | {living[0][0]}
        return [
            process for process in living if process[0] in pids and process not in targets
            and process[0] not in self._waits.get(process, {})
        ]  # fmt: skip

    def _begin(self, targets: list[_ProcessKey], living: list[_ProcessKey], now_ns: int, loop: Loop) -> None:
        inodes: dict[int, None] = {}
        for process in targets:
            for change in self._waits.get(process, {}).values():
                if change.seen is not None:
                    inodes.update(dict.fromkeys(_inodes_of(change.seen)))
            main = self._waits.get(process, {}).get(process[0])
            if main is not None:
                self._looked[process] = main.since_ns
        words = [f"{pid}:{ticks}" for pid, ticks in targets]
        words += ["--", *(str(pid) for pid, _ in living), "--", *map(str, inodes)]
        try:
            self._taker = subprocess.Popen(
                [sys.executable, "-P", "-m", "workers.keeper.looks.look_taker", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            self._next_ns = now_ns + _LIMIT_NS
            return
        taker = self._taker
        assert taker.stdout is not None
        self._began_ns = now_ns
        self._incomplete = b""
        loop.add(_TakerOutput(taker.stdout.fileno(), taker), lambda data, pid: self._on_data(taker, data))

    def _on_data(self, taker: "subprocess.Popen[bytes]", data: bytes) -> None:
        """Take what the look found; nothing at its end."""
        if taker is not self._taker:
            return  # it was cancelled
        if not data:
            self._taker = None
            self._tell_owner()
            return
        *lines, self._incomplete = (self._incomplete + data).split(b"\n")
        for line in lines:
            found = json.loads(line)
            self._journal.looked(found["pid"], found["ticks"], time.perf_counter_ns(), json.dumps(found["found"]))


class _TakerOutput(PipeSource):
    """The output of the process that looks, which is closed with its end."""

    def __init__(self, fd: int, taker: "subprocess.Popen[bytes]") -> None:
        super().__init__(fd)
        self._taker = taker

    def close(self) -> None:
        """See EventSource."""
        if self._taker.stdout is not None:
            self._taker.stdout.close()
        self._taker.poll()  # `orphans` may have reaped it


def _inodes_of(seen: SeenWait) -> tuple[int, ...]:
    if seen.wait in (Wait.OWN_LOCK, Wait.CHILD):
        return ()
    return tuple(inode for inode in (seen.object, *seen.ends) if inode)
