"""The columns of the table of processes."""

from support.builders import SECOND, joined_run, running_run
from support.facts import cell, facts_of

from desktop.facts.formatting import UNKNOWN
from desktop.facts.process_columns import COLUMNS
from desktop.facts.selection import ProcessSelection
from workers.timeline.model import CallName, Wait, Watched
from workers.timeline.stacks import CodeFrame, ThreadWait


def test_the_columns_of_a_joined_worker() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    worker = timeline.process(3)
    assert cell(timeline, worker, "Name") == "Process-2"
    assert cell(timeline, worker, "Pid") == "1002"
    assert cell(timeline, worker, "Parent pid") == "1000"
    assert cell(timeline, worker, "State") == "joined"
    assert cell(timeline, worker, "Start called") == "0.050 s"
    assert cell(timeline, worker, "Exit code") == "SIGKILL (-9)"
    assert cell(timeline, worker, "Target ended") == UNKNOWN
    assert cell(timeline, timeline.process(1), "Parent pid") == UNKNOWN


def test_the_columns_name_every_time_field() -> None:
    labels = [column.label for column in COLUMNS]
    for label in ("Start called", "Start returned", "Target began", "Target ended", "Exited", "Reaped", "Joined"):
        assert label in labels


def test_globals_show_the_last_value_of_each() -> None:
    timeline = joined_run(2)
    timeline.watched.append(Watched(2, "a", 1, "began", "[None]"))
    timeline.watched.append(Watched(2, "b", 1, "began", "1"))
    timeline.watched.append(Watched(2, "a", 2, "ended", "[True]"))
    assert cell(timeline, timeline.process(2), "Globals at the end") == "a = [True]; b = 1"
    assert facts_of(timeline, ProcessSelection(2))["a at the beginning"] == "[None]"
    assert facts_of(timeline, ProcessSelection(2))["a at the end"] == "[True]"


def test_without_a_seen_end_the_cpu_time_is_a_least_value() -> None:
    timeline = joined_run(1)
    worker = timeline.process(2)
    worker.cpu_s, worker.cpu_whole = 0.4, True
    assert cell(timeline, worker, "CPU") == "400 ms"
    worker.cpu_whole = False
    assert cell(timeline, worker, "CPU") == "at least 400 ms"
    worker.cpu_s = 0.0
    assert cell(timeline, worker, "CPU") == UNKNOWN
    worker.exited_ns = None
    assert cell(timeline, worker, "CPU") == "< 10 ms"


def test_what_a_process_waits_in() -> None:
    timeline = running_run(1)
    timeline.now_ns = 9 * SECOND
    worker = timeline.process(2)
    assert cell(timeline, worker, "Waits") == UNKNOWN
    frames = (
        CodeFrame("Connection._recv", "/usr/lib/python3.11/multiprocessing/connection.py", 395),
        CodeFrame("Queue.get", "/usr/lib/python3.11/multiprocessing/queues.py", 103),
        CodeFrame("work", "/home/me/worker.py", 41),
    )
    worker.waits.append(ThreadWait(worker.pid or 0, True, Wait.PIPE_READ, 2 * SECOND, frames=frames))
    assert cell(timeline, worker, "Waits") == "queue, in Queue.get() (worker.py:41)"
    timeline.add_call(1, CallName.JOIN, 2, SECOND)
    timeline.process(1).waits.append(ThreadWait(1000, True, Wait.CHILD, SECOND))
    assert cell(timeline, timeline.process(1), "Waits") == "join of Process-1"
    worker.waits[0].until_ns = 5 * SECOND
    assert cell(timeline, worker, "Waits") == UNKNOWN
