"""The words for events, from built timelines."""

from support.builders import MS, SECOND, joined_run, running_run

from desktop.facts.event_words import event_details, event_name, event_selection
from desktop.facts.selection import BookmarkSelection, CallSelection, ProcessSelection, TaskSelection
from workers.analysis.events import Event, EventKind, events_between, events_of
from workers.timeline.model import Bookmark, CallName, Request, Suspend
from workers.timeline.timeline import Timeline


def details(timeline: Timeline, process: int) -> dict[str, str]:
    return {event_name(timeline, one): event_details(timeline, one) for one in events_of(timeline, process)}


def test_a_bad_end_says_its_signal_and_how_exactly_it_is_known() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.process(3).exited_within_ns = 2 * MS
    assert details(timeline, 2)["exited"] == "exit code 0"
    assert details(timeline, 3)["exited"] == "exit code SIGKILL (-9), ± 1 ms"


def test_a_join_says_on_whom_how_long_and_what_it_found() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    call.timeout_s, call.file, call.line = 0.5, "train.py", 12
    call.ended_ns, call.result = 600 * MS, False
    timeline.plan = None
    call.thread = "Thread-1"
    found = details(timeline, 1)
    assert found["join() called"] == "on Process-1, for 500 ms at most, at train.py:12, in Thread-1"
    assert found["join() returned"] == "on Process-1, after 500 ms, timed out: the process was still alive"


def test_a_call_on_an_executor_says_whom_it_ended() -> None:
    timeline = running_run(2)
    timeline.plan = None
    call = timeline.add_call(1, CallName.KILL_WORKERS, None, 100 * MS)
    call.file, call.line = "train.py", 12
    for worker in (2, 3):
        timeline.add_signalled(call, worker)
    assert details(timeline, 1)["kill_workers() called"] == "at train.py:12"  # others may follow
    call.ended_ns = 101 * MS
    found = details(timeline, 1)
    assert found["kill_workers() called"] == "on an executor: Process-1, Process-2, at train.py:12"
    assert found["kill_workers() returned"] == "on an executor: Process-1, Process-2, after 1 ms"


def test_questions_that_were_asked_again_and_again_say_how_often() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.IS_ALIVE, 2, SECOND)
    call.ended_ns, call.result, call.times = SECOND + MS, True, 9585
    assert details(timeline, 1)["is_alive() returned"] == "on Process-1, after 1 ms, 9,585 identical calls, True"


def test_a_request_has_the_words_of_its_call() -> None:
    timeline = running_run(1)
    timeline.requests[1] = Request(1, "alive", 1, MS)
    timeline.requests[2] = Request(2, "join_rest", 0, 2 * MS)
    assert [event_details(timeline, event) for event in events_between(timeline)] == [
        "is_alive() on Process-1",
        "join rest",
    ]


def test_a_suspend_says_how_long_it_was() -> None:
    timeline = running_run(1)
    timeline.suspends.append(Suspend(MS, 3600 * SECOND))
    (slept,) = events_between(timeline)
    assert event_name(timeline, slept) == "machine slept"
    assert event_details(timeline, slept) == "for 1 h 00 min, which the axis leaves out"


def test_names_are_written_out() -> None:
    timeline = running_run(1)
    timeline.bookmarks.append(Bookmark(MS, "a\x1b[31m"))
    assert [event_details(timeline, event) for event in events_between(timeline)] == ["a‹ESC›[31m"]


def test_choosing_one_selects_what_it_is_about() -> None:
    mark = Bookmark(5, "here")
    assert event_selection(Event(5, 1, EventKind.RETURNED, 3)) == CallSelection(1, 5, call=3)
    assert event_selection(Event(5, 2, EventKind.TASK_FAILED, 4)) == TaskSelection(2, 5, task=4)
    assert event_selection(Event(5, 2, EventKind.EXITED)) == ProcessSelection(2, 5)
    assert event_selection(Event(5, 0, EventKind.MARKED, bookmark=mark)) == BookmarkSelection(mark)
