"""A run at one moment, for the search for hangs: who is alive, who waits for whom, who does not move. Pure, any process."""

from functools import cached_property

from workers.analysis.findings.finding import Finding, Severity, capitalized, start_of
from workers.timeline.model import Call, CallName, Process, ProcessKind, Wait
from workers.timeline.timeline import Timeline

PATIENCE_NS = 3_000_000_000
"""A process that has not moved for less than this is not taken to hang."""

_LATEST_CALLS = 32
_ENDLESS = frozenset((Wait.LOCK, Wait.OWN_LOCK, Wait.PIPE_READ, Wait.PIPE_WRITE, Wait.CHILD))


class HangScene:
    """A run as it was at one moment.

    living: the processes that live then, without helpers.
    joins: by process id, the join() without a timeout that it is in.
    """

    def __init__(self, timeline: Timeline, at_ns: int) -> None:
        self.timeline = timeline
        self.at_ns = at_ns
        self.living = [p for p in timeline.processes if p.kind is not ProcessKind.HELPER and self.lives(p)]
        self.joins = {p.id: join for p in self.living if (join := self._join_of(p)) is not None}

    def lives(self, process: Process) -> bool:
        """Whether it was alive."""
        ended_ns = process.last_ns
        return process.began and not process.not_born and (ended_ns is None or ended_ns > self.at_ns)

    def gone(self) -> list[Process]:
        """The processes that had exited, without helpers."""
        return [p for p in self.timeline.processes if p.kind is not ProcessKind.HELPER
                and p.exited_ns is not None and p.exited_ns <= self.at_ns]  # fmt: skip

    def joiner_of(self, process: Process) -> Call | None:
        """The join() without a timeout in which some process waits for this one."""
        return next((join for join in self.joins.values() if join.process == process.id), None)

    def is_still(self, process: Process) -> bool:
        """Whether it had not run at all for PATIENCE_NS."""
        stand = process.standstill
        return (
            stand is not None
            and self.at_ns - stand.since_ns >= PATIENCE_NS
            and (stand.until_ns is None or stand.until_ns >= self.at_ns)
        )

    @cached_property
    def all_stuck(self) -> bool:
        """Whether every living process waits without end for something that only another process of the run could give."""
        return bool(self.living) and all(self._is_stuck(process) for process in self.living)

    @cached_property
    def full_pipes(self) -> list[tuple[Process, Call]]:
        """(process that waits for room in a full pipe, join() that waits for this process) where there are both."""
        full = [p for p in self.living if p.standstill is not None and Wait.PIPE_WRITE in p.standstill.waits]
        return [(process, join) for process in full if (join := self.joiner_of(process)) is not None]

    def wait_finding(self, code: str, text: str, process: Process, others: list[Process]) -> Finding:
        """A finding about a process that waits in no recorded call: it points to the join() that waits for this process, else
        to the start of the first of `others`."""
        assert process.standstill is not None
        ids, since_ns = (process.id, *(p.id for p in others)), process.standstill.since_ns
        join = self.joiner_of(process)
        if join is not None:
            return join_finding(code, text, join, ids, since_ns)
        start = start_of(self.timeline, others[0])
        call, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
        return Finding(code, Severity.PROBLEM, capitalized(text), ids, call, since_ns, file, line)

    def _is_stuck(self, process: Process) -> bool:
        if not self.is_still(process):
            return False
        assert process.standstill is not None
        joins = {Wait.OTHER} if process.id in self.joins else set()  # some start methods wait by other means
        return process.standstill.waits - joins <= _ENDLESS

    def _join_of(self, process: Process) -> Call | None:
        """The join() without a timeout that it is in; if the process stands still, the one that it is in since then."""
        stand = process.standstill
        at_ns = stand.since_ns if stand is not None and self.is_still(process) else self.at_ns
        for call in reversed(self.timeline.calls_by(process.id)[-_LATEST_CALLS:]):
            if call.began_ns <= at_ns and (call.ended_ns is None or call.ended_ns > at_ns):
                endless = call.name is CallName.JOIN and call.timeout_s is None and call.process is not None
                return call if endless else None
        return None


def join_finding(code: str, text: str, join: Call, processes: tuple[int, ...], at_ns: int | None = None) -> Finding:
    """A finding about a join() that does not return. at_ns: since when, if not since its beginning."""
    at_ns = join.began_ns if at_ns is None else max(at_ns, join.began_ns)
    return Finding(code, Severity.PROBLEM, capitalized(text), processes, join.id, at_ns, join.file, join.line)
