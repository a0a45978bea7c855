"""What happened in a run, taken from built timelines."""

import numpy as np
from support.builders import MS, SECOND, joined_run, running_run, threaded_run

from workers.analysis.events import Event, EventKind, events_between, events_of
from workers.timeline.lanes import OPEN
from workers.timeline.model import Bookmark, CallName, Request, Signalled, Watched


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in sorted(events, key=lambda event: event.at_ns)]


def test_a_workers_life_in_the_order_of_time() -> None:
    timeline = joined_run(2)
    found = events_of(timeline, 2)
    assert kinds(found) == [
        EventKind.BORN,
        EventKind.BEGAN,
        EventKind.ENDED,
        EventKind.EXITED,
        EventKind.REAPED,
        EventKind.JOINED,
    ]
    assert {event.process for event in found} == {2}
    assert next(event.at_ns for event in found if event.kind is EventKind.EXITED) == timeline.process(2).exited_ns


def test_calls_are_their_callers() -> None:
    timeline = joined_run(2)
    calls = [event for event in events_of(timeline, 1) if event.kind in (EventKind.CALLED, EventKind.RETURNED)]
    assert len(calls) == 8, "two starts and two joins, called and returned"
    assert {timeline.call(event.ref).name for event in calls} == {CallName.START, CallName.JOIN}


def test_a_call_that_goes_on_has_not_returned() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    of_it = [event for event in events_of(timeline, 1) if event.ref == call.id]
    assert of_it == [Event(100 * MS, 1, EventKind.CALLED, call.id)]


def test_only_tasks_that_failed_are_events() -> None:
    timeline = running_run(1)
    name, error = (timeline.tasks.names.number(text) for text in ("square", "ValueError"))
    t0 = np.array([1, 2, 3], np.int64) * SECOND
    timeline.add_tasks(2, t0, np.array([2, 3, OPEN // SECOND], np.int64) * SECOND, np.full(3, name, np.uint32),
                       np.array([0, error, 0], np.uint32))  # fmt: skip
    failed = [event for event in events_of(timeline, 2) if event.kind is EventKind.TASK_FAILED]
    assert failed == [Event(3 * SECOND, 2, EventKind.TASK_FAILED, 2)]
    assert timeline.task(failed[0].ref).error == "ValueError"


def test_what_belongs_to_the_run() -> None:
    timeline = joined_run(1)
    timeline.watched.append(Watched(2, "state", 5 * MS, "began", "[None]"))
    timeline.signalled.append(Signalled(2, 6 * MS, "SIGTERM"))
    timeline.requests[7] = Request(7, "alive", 1, 7 * MS)
    mark = Bookmark(8 * MS, "here")
    timeline.bookmarks.append(mark)
    assert sorted(events_between(timeline), key=lambda event: event.at_ns) == [
        Event(5 * MS, 2, EventKind.VALUE, 0),
        Event(6 * MS, 2, EventKind.SIGNALLED, 0),
        Event(7 * MS, 1, EventKind.ASKED, 7),
        Event(8 * MS, 0, EventKind.MARKED, bookmark=mark),
    ]


def test_what_did_not_happen_is_no_event() -> None:
    assert kinds(events_of(running_run(1), 2)) == [EventKind.BORN, EventKind.BEGAN]


def test_tasks_that_failed_in_threads_are_events_of_their_process() -> None:
    run = threaded_run(threads=3)
    failed = [event for event in events_of(run, 1) if event.kind is EventKind.TASK_FAILED]
    assert [run.task(event.ref).thread for event in failed] == [1, 2, 3]
