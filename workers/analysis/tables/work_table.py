"""All tasks of a run, or all spans of a trace, as one table of columns. Pure numpy, any thread.

`work_source` is called where the timeline lives and costs little: it shares the columns and copies none. `WorkSource.table` may
then be called in another thread. A task that ends meanwhile may be in the table as one that runs; the next table has its end.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.analysis.tables.own_times import own_times
from workers.timeline.lane_tasks import UNKNOWN_NS, LaneTasks
from workers.timeline.lanes import OPEN
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track, TrackKind

UNKNOWN = -1
"""A time or number that is not known."""


@dataclass(frozen=True, slots=True)
class WorkLane:
    """Where work was done. thread, track: their ids; 0 for none. name: as the table writes it."""

    process: int
    name: str
    thread: int = 0
    track: int = 0


@dataclass(frozen=True, slots=True)
class WorkTable:
    """One row for each task, in the order of their ids from 1, or for each span, track after track. Columns are (n,).

    spans: whether these are spans of a trace. names: the texts that `name`, `error` and `arguments` are numbers of.
    lanes, lane: the places of work, and the index of that of each row. first: by lane of a trace, the row of its first span.
    began, lasted: int64 ns; `lasted` is UNKNOWN for a span without an end, and so far for a task that runs.
    ended: bool. failed: bool; a task raised, or its process ended while it ran. error: what it raised, 0 for nothing.
    waited: int64 ns from its submission to its begin, or UNKNOWN. cpu: int64 ns; bytes_in, bytes_out: int64.
    index, of, job: int64; it is the index-th of so many tasks of one call such as map(), whose number is `job`.
    own: int64 ns, the time of a span without that of the spans in it. All of these are UNKNOWN where they are.
    A column of which nothing is known is None.
    """

    spans: bool
    names: list[str]
    lanes: tuple[WorkLane, ...]
    lane: NDArray[np.uint32]
    first: NDArray[np.int64]
    began: NDArray[np.int64]
    lasted: NDArray[np.int64]
    ended: NDArray[np.bool_]
    name: NDArray[np.uint32]
    failed: NDArray[np.bool_] | None = None
    error: NDArray[np.uint32] | None = None
    waited: NDArray[np.int64] | None = None
    job: NDArray[np.int64] | None = None
    cpu: NDArray[np.int64] | None = None
    bytes_in: NDArray[np.int64] | None = None
    bytes_out: NDArray[np.int64] | None = None
    index: NDArray[np.int64] | None = None
    of: NDArray[np.int64] | None = None
    arguments: NDArray[np.uint32] | None = None
    own: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.began)

    def number(self, name: str) -> NDArray[np.int64] | None:
        """A column of numbers or durations by its name; None if nothing of it is known."""
        column: NDArray[np.int64] | None = getattr(self, name)
        return column

    def row_of_span(self, track: int, span: int) -> int | None:
        """The row of a span of a trace; None if there is none."""
        at = next((at for at, lane in enumerate(self.lanes) if lane.track == track), None)
        if at is None:
            return None
        end = int(self.first[at + 1]) if at + 1 < len(self.first) else len(self)
        row = int(self.first[at]) + span
        return row if row < end else None

    def span_of_row(self, row: int) -> int:
        """The index of a row's span among those of its track."""
        return row - int(self.first[self.lane[row]])


@dataclass(frozen=True, slots=True)
class _TaskLane:
    lane: WorkLane
    columns: dict[str, NDArray[Any]]
    cut_ns: int | None


@dataclass(frozen=True, slots=True)
class WorkSource:
    """What a table is made of. count: how many rows it is going to have."""

    count: int
    now_ns: int
    names: list[str]
    job_sizes: NDArray[np.uint32] | None = None
    tasks: list[_TaskLane] = field(default_factory=list)
    tracks: list[tuple[WorkLane, Track]] = field(default_factory=list)

    def table(self) -> WorkTable:
        """The table. Costs a pass over all columns, in any thread."""
        return _of_spans(self) if self.tracks else _of_tasks(self)


def work_source(timeline: Timeline) -> WorkSource:
    """The source of the table of a run's tasks, or of a trace's spans."""
    if timeline.imported is not None or timeline.tracks:
        tracks = [(_track_lane(timeline, track), track) for track in timeline.tracks]
        count = sum(len(track.spans) for track in timeline.tracks)
        return WorkSource(count, timeline.now_ns, timeline.names, tracks=tracks)
    store = timeline.tasks
    lanes = [
        _TaskLane(_task_lane(timeline, process, lane), _columns(lane), timeline.process(process).last_ns)
        for process, lane in store.lanes()
    ]
    return WorkSource(len(store), timeline.now_ns, store.names.texts, store.job_sizes, tasks=lanes)


def _columns(lane: LaneTasks) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {"id": lane.id, "began": lane.t0, "until": lane.t1, "submitted": lane.submitted,
                                        "name": lane.name, "error": lane.error}  # fmt: skip
    for detail in TaskDetail:
        column = lane.detail(detail)
        if column is not None:
            columns[detail.title] = column
    return columns


def _task_lane(timeline: Timeline, process: int, lane: LaneTasks) -> WorkLane:
    name = timeline.process(process).name
    if lane.thread:
        thread = timeline.thread(lane.thread)
        name = f"{name} · {thread.name or f'thread {thread.number}'}"
    return WorkLane(process, name, thread=lane.thread)


def _track_lane(timeline: Timeline, track: Track) -> WorkLane:
    return WorkLane(track.process, f"{timeline.process(track.process).name} · {track.name}", track=track.id)


def _of_tasks(source: WorkSource) -> WorkTable:
    count = source.count
    gather = _Gather(source.tasks, count)
    began = gather.column("began", np.int64, 0)
    until = gather.column("until", np.int64, OPEN)
    ended = until != OPEN
    failed = gather.column("error", np.uint32, 0) > 0
    if not ended.all():
        cut = np.full(len(source.tasks), OPEN, np.int64)
        for at, one in enumerate(source.tasks):
            cut[at] = OPEN if one.cut_ns is None else one.cut_ns
        going = np.flatnonzero(~ended)
        until[going] = np.minimum(cut[gather.lane[going]], source.now_ns)
        failed[going] |= cut[gather.lane[going]] != OPEN
    submitted = gather.known("submitted", np.int64, UNKNOWN_NS)
    waited = None
    if submitted is not None:
        waited = np.where(submitted == UNKNOWN_NS, UNKNOWN, np.maximum(began - submitted, 0))
    cpu = gather.known("cpu_s", np.float32, np.nan)
    job = gather.known("job", np.uint32, 0)
    of = None
    if job is not None and source.job_sizes is not None:
        of = source.job_sizes.astype(np.int64)[job]
        of[of == 0] = UNKNOWN
    return WorkTable(
        spans=False,
        names=source.names,
        lanes=tuple(one.lane for one in source.tasks),
        lane=gather.lane,
        first=np.empty(0, np.int64),
        began=began,
        lasted=np.maximum(until - began, 0),
        ended=ended,
        name=gather.column("name", np.uint32, 0),
        failed=failed if failed.any() else None,
        error=gather.known("error", np.uint32, 0),
        waited=waited,
        cpu=None if cpu is None else np.where(np.isnan(cpu), UNKNOWN, cpu.astype(np.float64) * 1e9).astype(np.int64),
        bytes_in=gather.known("bytes_in", np.int64, UNKNOWN),
        bytes_out=gather.known("bytes_out", np.int64, UNKNOWN),
        job=_numbers(job),
        index=_numbers(gather.known("index", np.uint32, 0)),
        of=of,
        arguments=gather.known("arguments", np.uint32, 0),
    )


class _Gather:
    """Brings the columns of all lanes into the order of ids."""

    def __init__(self, lanes: list[_TaskLane], count: int) -> None:
        self._lanes = lanes
        self._count = count
        self._at = [one.columns["id"].astype(np.int64) - 1 for one in lanes]
        self.lane = np.zeros(count, np.uint32)
        for number, at in enumerate(self._at):
            self.lane[at] = number

    def column(self, name: str, dtype: type[np.generic], unknown: float) -> NDArray[Any]:
        """A column of all tasks."""
        made = np.full(self._count, unknown, dtype)
        for one, at in zip(self._lanes, self._at, strict=True):
            part = one.columns.get(name)
            if part is not None:
                made[at] = part
        return made

    def known(self, name: str, dtype: type[np.generic], unknown: float) -> NDArray[Any] | None:
        """A column of all tasks; None if nothing is known of any."""
        parts = [one.columns[name] for one in self._lanes if name in one.columns]
        nothing = unknown != unknown
        if not any(bool((~np.isnan(part)).any() if nothing else (part != unknown).any()) for part in parts):
            return None
        return self.column(name, dtype, unknown)


def _numbers(column: NDArray[Any] | None) -> NDArray[np.int64] | None:
    """Numbers from 1, with UNKNOWN in place of 0."""
    if column is None:
        return None
    made = column.astype(np.int64)
    made[made == 0] = UNKNOWN
    return made


def _of_spans(source: WorkSource) -> WorkTable:
    spans = [track.spans for _, track in source.tracks]
    counts = [len(one) for one in spans]
    began = np.concatenate([one.t0 for one in spans])
    until = np.concatenate([one.t1 for one in spans])
    ended = until != OPEN
    own = [own_times(one) if track.kind is TrackKind.THREAD else np.full(len(one), UNKNOWN, np.int64)
           for one, (_, track) in zip(spans, source.tracks, strict=True)]  # fmt: skip
    return WorkTable(
        spans=True,
        names=source.names,
        lanes=tuple(lane for lane, _ in source.tracks),
        lane=np.repeat(np.arange(len(counts), dtype=np.uint32), counts),
        first=np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))[:-1].astype(np.int64),
        began=began,
        lasted=np.where(ended, np.maximum(until - began, 0), UNKNOWN),
        ended=ended,
        name=np.concatenate([one.name for one in spans]),
        own=np.concatenate(own),
    )
