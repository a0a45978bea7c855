"""The events of a run: moments of lives, calls, signals, values, marks and failed tasks.

Pure functions on a timeline, any process. Printed lines and successful tasks are no events here: there can be a million of
them, and they have views of their own.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from workers.timeline.lanes import OPEN
from workers.timeline.model import Bookmark, Process
from workers.timeline.timeline import Timeline


class EventKind(StrEnum):
    """What happened, in the words that the user reads; for a call they follow its name."""

    CALLED = "called"
    RETURNED = "returned"
    BORN = "born"
    BEGAN = "target began"
    ENDED = "target ended"
    EXITED = "exited"
    REAPED = "reaped"
    JOINED = "joined"
    LOST = "last seen"
    PAUSED = "paused"
    RESUMED = "resumed"
    VALUE = "value seen"
    TASK_FAILED = "task failed"
    ASKED = "asked for"
    SIGNALLED = "signal sent"
    MARKED = "mark"
    SLEPT = "machine slept"


class Event(NamedTuple):  # a tuple, since a large run has hundreds of thousands that are sorted and compared
    """One thing that happened.

    process: the id of its process, 0 for none.
    ref: the id of a call, task or request; the index of a value, signal or suspend in the timeline's list; else 0.
    bookmark: the user's own mark.
    """

    at_ns: int
    process: int
    kind: EventKind
    ref: int = 0
    bookmark: Bookmark | None = None


def events_of(timeline: Timeline, process_id: int) -> list[Event]:
    """The events of one process and of its calls, in no order."""
    process = timeline.process(process_id)
    found = [Event(at_ns, process_id, kind) for at_ns, kind in _moments(process) if at_ns is not None]
    for call in timeline.calls_by(process_id):
        found.append(Event(call.began_ns, process_id, EventKind.CALLED, call.id))
        if call.ended_ns is not None:
            found.append(Event(call.ended_ns, process_id, EventKind.RETURNED, call.id))
    for tasks in timeline.tasks.all_of(process_id):
        ended_ns, ids = tasks.t1, tasks.id
        for at in tasks.error.nonzero()[0].tolist():
            if ended_ns[at] != OPEN:
                found.append(Event(int(ended_ns[at]), process_id, EventKind.TASK_FAILED, int(ids[at])))
    return found


def events_between(timeline: Timeline) -> list[Event]:
    """The events that are kept for the run as a whole: values, signals, the user's requests and marks; in no order."""
    found = [Event(one.at_ns, one.process, EventKind.VALUE, at) for at, one in enumerate(timeline.watched)]
    found += [Event(one.at_ns, one.process, EventKind.SIGNALLED, at) for at, one in enumerate(timeline.signalled)]
    found += [Event(one.at_ns, 1, EventKind.ASKED, one.id) for one in timeline.requests.values()]
    found += [Event(one.at_ns, 0, EventKind.MARKED, bookmark=one) for one in timeline.bookmarks]
    found += [Event(one.at_ns, 0, EventKind.SLEPT, at) for at, one in enumerate(timeline.suspends)]
    return found


def _moments(process: Process) -> Iterator[tuple[int | None, EventKind]]:
    yield process.born_ns, EventKind.BORN
    yield process.target_began_ns, EventKind.BEGAN
    yield process.target_ended_ns, EventKind.ENDED
    yield process.exited_ns, EventKind.EXITED
    yield process.reaped_ns, EventKind.REAPED
    yield process.joined_ns, EventKind.JOINED
    yield process.lost_ns, EventKind.LOST
    yield process.paused_ns, EventKind.PAUSED
    yield process.resumed_ns, EventKind.RESUMED
