"""A run as it is known so far: its records in one place, what changed since a revision, and what can be asked of them.

Only its owner touches it: the window's thread, or the command line. `workers.folding.fold` fills it from journals, tests
fill it by hand. This is the reading half; how records are added is in `timeline_records`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import takewhile

from workers.timeline import lanes
from workers.timeline.lane_columns import SeenWaits
from workers.timeline.lanes import Lane
from workers.timeline.model import (
    LIVING,
    Call,
    Link,
    OutputLine,
    PoolThread,
    Process,
    ProcessKind,
    Request,
    SpanKind,
    Task,
    Watched,
)
from workers.timeline.timeline_records import MOST_LINES, TimelineRecords
from workers.timeline.tracks import Track

__all__ = ["MOST_LINES", "Timeline"]


class Timeline(TimelineRecords):
    """One run: its facts (`RunFacts`), its records (`TimelineRecords`), and the answers to questions about them."""

    @property
    def program(self) -> Process | None:
        """The recorded parent, once it is known."""
        return self.processes[0] if self.processes else None

    @property
    def alive(self) -> int:
        """How many workers live now."""
        return sum(p.kind is not ProcessKind.HELPER and p.id != 1 and p.state in LIVING for p in self.processes)

    @property
    def took_ns(self) -> int:
        """How long the run took: until its program had exited, or, where that was not seen, until the last recorded moment."""
        program = self.program
        return self.now_ns if program is None or program.exited_ns is None else program.exited_ns

    @property
    def pending(self) -> list[Request]:
        """What the user asked for and the parent has not begun, oldest first."""
        return [] if self.ended else [request for request in self.requests.values() if request.answered_ns is None]

    def worker(self, number: int) -> Process | None:
        """The plan's worker with this number, from 1."""
        return next((process for process in self.processes if process.worker == number), None)

    def children_of(self, process_id: int) -> list[int]:
        """The ids of the processes that this one started, by birth."""
        return self._children.get(process_id, [])

    def tree(self) -> list[tuple[int, int]]:
        """(process id, depth) in the order of the lanes: each parent, then its helpers, then its children by birth."""
        return lanes.lane_order(self.processes)

    def call(self, call_id: int) -> Call:
        """The call with this id."""
        return self.calls[call_id - 1]

    def calls_by(self, process_id: int) -> list[Call]:
        """The calls that this process made, in order."""
        return self._calls_by.get(process_id, [])

    def calls_on(self, process_id: int) -> list[Call]:
        """The calls on this process, in order."""
        return self._calls_on.get(process_id, [])

    def end_of(self, call: Call) -> int | None:
        """When a call was over: it returned, or its caller ended in it. None while it lasts."""
        caller = self.process(call.by)
        return call.ended_ns if call.ended_ns is not None else caller.last_ns

    def asked_ns(self, call: Call) -> int | None:
        """When the user asked for this call; None if the program made it by itself."""
        request = None if call.request is None else self.requests.get(call.request)
        return None if request is None else request.at_ns

    def waits_in(self, process_id: int) -> bool:
        """Whether this process ever called join(), or was seen to wait."""
        return process_id in self._waits or bool(self.process(process_id).waits)

    @property
    def draws_seen_waits(self) -> bool:
        """Whether any lane has a wait that was seen from outside."""
        if self._draws_seen[0] != self.facts:
            drawn = any((self.lane(one).waits.kind == SpanKind.WAITING).any() for one in self._waited)
            self._draws_seen = self.facts, drawn
        return self._draws_seen[1]

    def waiting_call(self, process_id: int) -> Call | None:
        """The join(), or the result() of a task, that this process is blocked in now, if any."""
        if self.ended or not self.processes or self.process(process_id).ended:
            return None
        for call in reversed(self.calls_by(process_id)):
            if call.ended_ns is None and not call.watches:
                return call if call.name.waits else None
        return None

    def task(self, task_id: int) -> Task:
        """The task with this id, as it is known now."""
        return self.tasks[task_id - 1]

    def open_tasks(self, process_id: int) -> list[Task]:
        """The tasks that this process began as a worker and did not end. Those of its threads are none that others wait for."""
        lane = self.tasks.of(process_id)
        return [] if lane is None else [self.tasks[number - 1] for number in lane.unended()]

    def open_in_threads(self, process_id: int) -> list[Task]:
        """The tasks that threads of this process began and did not end."""
        lanes = [lane for lane in self.tasks.all_of(process_id) if lane.thread]
        return [self.tasks[number - 1] for lane in lanes for number in lane.unended()]

    def thread(self, thread_id: int) -> PoolThread:
        """The thread with this id."""
        return self.threads[thread_id - 1]

    def threads_of(self, process_id: int) -> list[PoolThread]:
        """The threads of this process that ran tasks, in the order of their first ones."""
        return self._threads_of.get(process_id, [])

    def lines_of(self, process_id: int) -> list[OutputLine]:
        """The kept lines that this process printed, in order."""
        return [OutputLine(*row) for row in self._lines_of.get(process_id, ())]

    def lines_within(self, process_id: int, t0_ns: int, t1_ns: int) -> int:
        """How many lines this process printed in [t0_ns, t1_ns]."""
        printed = self._printed.get(process_id)
        return 0 if printed is None else printed.within(t0_ns, t1_ns)

    def watched_of(self, process_id: int) -> list[Watched]:
        """The values seen in this process, in order."""
        return [value for value in self.watched if value.process == process_id]

    def tracks_of(self, process_id: int) -> list[Track]:
        """The sub-lanes of this process, from an imported trace."""
        first = bisect_left(self.tracks, process_id, key=lambda track: track.process)
        return self.tracks[first : bisect_right(self.tracks, process_id, key=lambda track: track.process)]

    def lane(self, process_id: int) -> Lane:
        """What is drawn for this process; rebuilt only when something about it changed."""
        changed = self._lane_changed.get(process_id, 0)
        kept = self._lanes.get(process_id)
        if kept is None or kept[0] != changed:
            lane = lanes.make_lane(self.process(process_id), self._waits.get(process_id), self.calls_on(process_id),
                                   self._printed_by(process_id).columns(), self.signalled_to(process_id),
                                   self.tasks.of(process_id), self._seen_waits(process_id),
                                   None if self.cluster is None else self.cluster.traffic.get(process_id))  # fmt: skip
            self._lanes[process_id] = kept = changed, lane
        return kept[1]

    def _seen_waits(self, process_id: int) -> SeenWaits | None:
        """The waits of this process that were seen from outside; None where it has none, or they are not drawn: the parent of a
        plan waits for the user when it is in no join()."""
        if not self.process(process_id).waits or (process_id == 1 and self.plan is not None):
            return None
        return self._seen.setdefault(process_id, SeenWaits())

    def changed_since(self, revision: int) -> list[int]:
        """The ids of the processes that changed after `revision`."""
        return [process for process, _ in takewhile(lambda one: one[1] > revision, reversed(self._changed.items()))]

    def links(self) -> Iterator[Link]:
        """Every arrow between lanes."""
        return lanes.links(self.processes, self.calls)

    def links_of(self, process_id: int) -> Iterator[Link]:
        """Every arrow that begins or ends at this process. Costs as many steps as it has arrows, not as the run has."""
        yield from lanes.start_link(self.process(process_id))
        for child in self.children_of(process_id):
            yield from lanes.start_link(self.process(child))
        for call in self.calls_on(process_id):
            yield from lanes.join_link(self.processes, call)
        for call in self.calls_by(process_id):
            if call.process != process_id:
                yield from lanes.join_link(self.processes, call)
