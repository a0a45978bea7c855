"""The tasks of a run for its report, as rows of columns: a million of them without an object each. Any process, one thread.

They are in the order in which they began, whichever journal was read first.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.report.long_lists import LongList
from workers.timeline.lane_layers import OPEN
from workers.timeline.lane_tasks import UNKNOWN_NS, LaneTasks
from workers.timeline.tasks.task_details import TaskDetail
from workers.timeline.timeline import Timeline

_ROWS = 8192
_EXACT_NS = 1 << 50
"""Up to here the division of nanoseconds by 1e9 gives the float that is nearest to the decimal number."""


class _Tasks(NamedTuple):
    """Some tasks, a list of values for each key of the report."""

    id: list[int]
    process: list[int]
    name: list[str]
    submitted_s: list[float | None]
    began_s: list[float | None]
    ended_s: list[float | None]
    error: list[dict[str, Any] | None]
    thread: list[str | None]
    thread_id: list[int | None]
    interpreter: list[int | None]
    index: list[int | None]  # type: ignore[assignment]
    of: list[int | None]
    arguments: list[str | None]
    waited_s: list[float | None]
    cpu_s: list[float | None]
    bytes_in: list[int | None]
    bytes_out: list[int | None]
    key: list[str | None]
    attempt: list[int | None]


def task_rows(timeline: Timeline) -> LongList:
    """All tasks, in the order in which they began."""
    return LongList(_Tasks._fields, _blocks(timeline))


def _blocks(timeline: Timeline) -> Iterator[_Tasks]:
    lanes = list(timeline.tasks.lanes())
    if not lanes:
        return
    columns = [lane for _, lane in lanes]
    t0 = np.concatenate([lane.t0 for lane in columns])
    process = np.concatenate([np.full(len(lane), process, np.uint32) for process, lane in lanes])
    order = np.lexsort((np.concatenate([lane.id for lane in columns]), process, t0)).astype(np.uint32)
    submitted = np.concatenate([lane.submitted for lane in columns])
    t1 = np.concatenate([lane.t1 for lane in columns])
    name = np.concatenate([lane.name for lane in columns])
    error = np.concatenate([lane.error for lane in columns])
    number = np.repeat(np.arange(len(lanes), dtype=np.uint32), [len(lane) for lane in columns])
    threads = [_thread_of(timeline, lane) for lane in columns]
    details = {detail: _joined(detail, columns) for detail in TaskDetail}
    for at in range(0, len(order), _ROWS):
        rows = order[at : at + _ROWS]
        in_threads = [threads[lane] for lane in number[rows].tolist()]
        names, native, interpreters = (list(each) for each in zip(*in_threads, strict=True))
        cpu_s, bytes_in, bytes_out, attempts = (
            _known(details[one], one, rows)
            for one in (TaskDetail.CPU_S, TaskDetail.BYTES_IN, TaskDetail.BYTES_OUT, TaskDetail.ATTEMPT)
        )
        yield _Tasks(
            list(range(at + 1, at + 1 + len(rows))), process[rows].tolist(),
            list(map(timeline.tasks.names.texts.__getitem__, name[rows].tolist())),
            _seconds(submitted[rows], UNKNOWN_NS), _seconds(t0[rows], UNKNOWN_NS), _seconds(t1[rows], OPEN),
            _errors(timeline, error[rows], process[rows], t1[rows]), names, native, interpreters,
            *_details(timeline, details, rows), _seconds(_waited(submitted[rows], t0[rows]), UNKNOWN_NS),
            cpu_s, bytes_in, bytes_out, _texts(timeline, details[TaskDetail.KEY], TaskDetail.KEY, rows), attempts,
        )  # fmt: skip


def _joined(detail: TaskDetail, lanes: list[LaneTasks]) -> NDArray[Any] | None:
    """A detail of the tasks of all lanes; None where it is known of no task."""
    known = [lane.detail(detail) for lane in lanes]
    if all(column is None for column in known):
        return None
    return np.concatenate(
        [
            np.full(len(lane), detail.unknown, detail.dtype) if column is None else column
            for lane, column in zip(lanes, known, strict=True)
        ]
    )


def _details(
    timeline: Timeline, details: dict[TaskDetail, NDArray[Any] | None], rows: NDArray[np.uint32]
) -> tuple[list[int | None], list[int | None], list[str | None]]:
    """Index, size of the job and arguments of some tasks."""
    sizes: list[int | None] = [None] * len(rows)
    jobs = details[TaskDetail.JOB]
    if jobs is not None:
        sizes = [size or None for size in timeline.tasks.job_sizes[jobs[rows]].tolist()]
    arguments = _texts(timeline, details[TaskDetail.ARGUMENTS], TaskDetail.ARGUMENTS, rows)
    index = _known(details[TaskDetail.INDEX], TaskDetail.INDEX, rows)
    return (
        # A task of apply() has no others beside it.
        [None if one == 1 and size is None else one for one, size in zip(index, sizes, strict=True)],
        sizes,
        arguments,
    )


def _texts(
    timeline: Timeline, column: NDArray[Any] | None, detail: TaskDetail, rows: NDArray[np.uint32]
) -> list[str | None]:
    """A detail that is a number in the table of names, as texts."""
    names = timeline.tasks.names
    return [None if number is None else detail.text(names, number) for number in _known(column, detail, rows)]


def _known(column: NDArray[Any] | None, detail: TaskDetail, rows: NDArray[np.uint32]) -> list[Any]:
    """A detail of some tasks; None where it is not known."""
    if column is None:
        return [None] * len(rows)
    values = column[rows].tolist()
    if detail is TaskDetail.CPU_S:  # the column has some seven digits
        return [float(f"{value:.7g}") if value == value else None for value in values]
    return [None if value == detail.unknown else value for value in values]


def _waited(submitted: NDArray[np.int64], began: NDArray[np.int64]) -> NDArray[np.int64]:
    """How long each waited, or UNKNOWN_NS."""
    known = submitted != UNKNOWN_NS
    return np.where(known, np.maximum(0, began - np.where(known, submitted, began)), UNKNOWN_NS)


def _errors(
    timeline: Timeline, errors: NDArray[Any], processes: NDArray[Any], ends: NDArray[np.int64]
) -> list[dict[str, Any] | None]:
    """What each of these tasks raised; None for one that raised nothing. Where only the type is known, the rest is null."""
    found: list[dict[str, Any] | None] = [None] * len(errors)
    for at in errors.nonzero()[0].tolist():
        raised = timeline.error_at(int(processes[at]), int(ends[at]))
        found[at] = {
            "type": timeline.tasks.names[int(errors[at])],
            "message": None if raised is None else raised.message,
            "file": raised.file or None if raised else None,
            "line": raised.line or None if raised else None,
        }
    return found


def _thread_of(timeline: Timeline, lane: LaneTasks) -> tuple[str | None, int | None, int | None]:
    """The name, the system's number and the interpreter of a pool's thread; Nones for a worker's own tasks."""
    if not lane.thread:
        return None, None, None
    thread = timeline.thread(lane.thread)
    return thread.name, thread.native_id, thread.interpreter


def _seconds(ns: NDArray[np.int64], missing: int) -> list[float | None]:
    """As `report.seconds` for each; None for `missing`."""
    absent = ns == missing
    known = np.where(absent, 0, ns)
    if len(known) and (known.max() > _EXACT_NS or known.min() < -_EXACT_NS):
        return [
            None if gone else round(one / 1e9, 9) for one, gone in zip(known.tolist(), absent.tolist(), strict=True)
        ]
    found: list[float | None] = (known / 1e9).tolist()
    for at in absent.nonzero()[0].tolist():
        found[at] = None
    return found
