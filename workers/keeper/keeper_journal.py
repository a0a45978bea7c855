"""The keeper's journal: one method for each kind of record that the keeper writes. Runs in the keeper's main thread.

Fields are packed by position, so that the keeper need not load the record types of `workers.journal.keeper_kinds`; a test
holds that both agree. No other file of the keeper knows where a field is.
"""

import json
import time
from pathlib import Path
from typing import Any

from workers.commands import VERBS, AskParent
from workers.journal.codes import EndedBy
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER
from workers.keeper.disk_limit import NO_LIMIT, DiskLimit
from workers.keeper.observations import Death, Exit, UnreportedChild, WaitChange
from workers.recorded.probe import Journal
from workers.system.cpu_quota import CpuQuota
from workers.system.processes import ProcessStat

_LONGEST_TEXT = 1 << 20  # a manifest holds the whole command line
_MOST_COUNTED = 0xFFFF
_BY_OWN_JOURNAL, _BY_PARENT, _UNREPORTED = 0, 1, 2
"""How the keeper came to know of a process: the flags of FOUND."""


class KeeperJournal:
    """The journal in a run's folder. Raises OSError when it cannot be made. Moments are in ns of the run's clock."""

    def __init__(self, folder: Path, limit: DiskLimit = NO_LIMIT) -> None:
        self._limit = limit
        self._journal = Journal(str(folder / KEEPER), limit=limit.path)

    def run(self, manifest: dict[str, Any]) -> None:
        """The run begins."""
        text = self._text(json.dumps(manifest))
        self._journal.write(Kind.RUN, word=text, t=time.perf_counter_ns(), a=time.time_ns())

    def launched(self, pid: int, ticks: int, before_ns: int, after_ns: int, born_ns: int) -> None:
        """The program was launched between two moments. born_ns: its birth by the kernel, 0 = not known."""
        self._journal.write(Kind.LAUNCHED, t=before_ns, a=pid, b=ticks, c=after_ns, d=born_ns)

    def process_with_journal(self, pid: int, ticks: int | None, key_ns: int, born_ns: int, death: Death | None) -> None:
        """A process began a journal of its own. ticks: None when it is gone already."""
        now_ns = time.perf_counter_ns()
        self._journal.write(
            Kind.FOUND, _BY_OWN_JOURNAL, 0, 0, now_ns, pid, _or_gone(ticks), key_ns, born_ns, *_end(death)
        )

    def process_of_parent(self, pid: int, ticks: int | None, began_ns: int, born_ns: int, death: Death | None) -> None:
        """A process was reported by its parent, which began to start it at began_ns."""
        now_ns = time.perf_counter_ns()
        self._journal.write(Kind.FOUND, _BY_PARENT, 0, 0, now_ns, pid, _or_gone(ticks), began_ns, born_ns, *_end(death))

    def unreported_child(self, child: UnreportedChild) -> None:
        """A process was found that neither it nor its parent reported."""
        name = self._journal.text(child.name, keep=False) if child.name else 0
        maker = child.parent | child.thread << 32
        self._journal.write(
            Kind.FOUND, _UNREPORTED, 0, name, time.perf_counter_ns(), child.pid, child.ticks, child.born_ns, maker,
            *_end(child.death)
        )  # fmt: skip

    def exited(self, ended: Exit) -> None:
        """A process ended."""
        self._journal.write(
            Kind.EXITED,
            ended.code is not None,
            t=ended.at_ns,
            a=ended.pid,
            b=ended.ticks,
            c=ended.code or 0,
            d=ended.cpu_ns,
            e=ended.within_ns,
        )

    def killed_for_memory(self, pid: int, ticks: int, at_ns: int) -> None:
        """A process was killed when the kernel had just ended one because memory ran out."""
        self._journal.write(Kind.NO_MEMORY, t=at_ns, a=pid, b=ticks)

    def reaped(self, pid: int, ticks: int, at_ns: int) -> None:
        """The kernel let go of a process, because its parent reaped it."""
        self._journal.write(Kind.RELEASED, t=at_ns, a=pid, b=ticks)

    def sample(
        self, pid: int, stat: ProcessStat, at_ns: int, doing: int = 0, lock: int = 0, cpu_wait_ns: int = 0
    ) -> None:
        """What a living process uses, and what its first thread does.

        Not recorded when the run has taken the disk that it may.
        """
        if self._limit.reached:
            return
        self._journal.write(
            Kind.SAMPLE, doing, min(stat.threads, _MOST_COUNTED), 0, at_ns, pid, stat.ticks, stat.cpu_ns, stat.rss_bytes,
            cpu_wait_ns, lock
        )  # fmt: skip

    def memory(self, pid: int, ticks: int, at_ns: int, private: int, shared: int) -> None:
        """Which of the memory of a process is its own, and which others map too. Bytes."""
        if not self._limit.reached:
            self._journal.write(Kind.MEMORY, t=at_ns, a=pid, b=ticks, c=private, d=shared)

    def cpu_limits(self, quota: CpuQuota) -> None:
        """How much CPU time the control group allows, and how long it has been held up."""
        cores = 0 if quota.cores is None else max(1, round(quota.cores * 1000))
        at_ns = time.perf_counter_ns()
        self._journal.write(Kind.CPU_LIMITS, 0, 0, 0, at_ns, cores, quota.throttled_ns, quota.throttled, quota.periods)

    def paused(self, pid: int, ticks: int, at_ns: int, *, paused: bool) -> None:
        """A process was stopped by a signal, or continued."""
        self._journal.write(Kind.PAUSED, paused, t=at_ns, a=pid, b=ticks)

    def waits(self, pid: int, ticks: int, change: WaitChange, threads: int, signals: int) -> None:
        """A thread has not moved for a while, or moves again. threads: of its process. signals: those that this handles."""
        seen = change.seen
        ends = 0 if seen is None or not seen.ends else self._text(" ".join(map(str, seen.ends)))
        wait, thing = (0, 0) if seen is None else (seen.wait, seen.object)
        small = min(threads, _MOST_COUNTED)
        self._journal.write(
            Kind.THREAD_WAIT, wait, small, ends, change.since_ns, pid, ticks, change.thread, thing, signals
        )

    def looked(self, pid: int, ticks: int, at_ns: int, text: str) -> None:
        """A look into a process. text: what was found, as JSON; pid 0 for what is about several processes."""
        self._journal.write(Kind.LOOKED, 0, 0, self._text(text), at_ns, pid, ticks)

    def suspended(self, slept_ns: int) -> None:
        """The machine slept so long just now."""
        self._journal.write(Kind.SUSPENDED, t=time.perf_counter_ns(), a=slept_ns)

    def requested(self, request: AskParent) -> None:
        """The user asked the program for something, and the request is passed on to it."""
        verb = VERBS.index(request.verb)
        self._journal.write(Kind.REQUESTED, verb, 0, request.number, time.perf_counter_ns(), request.worker)

    def signalled(self, pid: int, ticks: int, number: int, at_ns: int) -> None:
        """A process was sent a signal from outside, by the user."""
        self._journal.write(Kind.SIGNALLED, t=at_ns, a=pid, b=ticks, c=number)

    def warning(self, text: str) -> None:
        """Something that the user is to know, in a sentence."""
        self._journal.write(Kind.WARNING, word=self._text(text), t=time.perf_counter_ns())

    def output_dropped(self, total_bytes: int) -> None:
        """So much output was dropped since the run began."""
        self._journal.write(Kind.DROPPED, t=time.perf_counter_ns(), a=total_bytes)

    def ending(self, why: EndedBy) -> None:
        """The keeper begins to end the whole tree."""
        self._journal.write(Kind.ENDING, t=time.perf_counter_ns(), a=why)

    def left_running(self, pid: int, ticks: int) -> None:
        """A process was still running when the run was over."""
        self._journal.write(Kind.LEFT_RUNNING, t=time.perf_counter_ns(), a=pid, b=ticks)

    @property
    def cut(self) -> bool:
        """Whether it could not be made longer, as on a full disk, and the last records are missing."""
        return self._journal.failed

    def ended(self, exit_code: int | None) -> None:
        """The run is over. exit_code: the program's; None = not known."""
        self._journal.write(Kind.ENDED, exit_code is not None, t=time.perf_counter_ns(), a=exit_code or 0)

    def _text(self, text: str) -> int:
        return self._journal.text(text, False, _LONGEST_TEXT)


def _or_gone(ticks: int | None) -> int:
    return -1 if ticks is None else ticks


def _end(death: Death | None) -> tuple[int, int]:
    """(time, exit code) of a death; zeros where it is not known."""
    return (0, 0) if death is None else (death.at_ns, death.code)
