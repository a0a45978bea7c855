"""The facts of a call."""

from support.builders import MS, running_run
from support.facts import facts_of

from desktop.facts.selection import CallSelection
from desktop.facts.sheets import sheet_text
from workers.plan.listing import make_listing
from workers.timeline.model import CallName, Request


def test_a_wait_that_is_still_running() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    call.timeout_s, call.file, call.line, call.step = 1.5, "parent.py", 7, 1
    known = facts_of(timeline, CallSelection(1, 0, call=call.id))
    assert known["Duration"] == "400 ms so far"
    assert known["Timeout"] == "1.500 s"
    assert timeline.plan is not None
    assert known["Called at"] == f"line {make_listing(timeline.plan).step_lines[1]} of the plan's script"
    assert "Returned" not in known
    assert "Result" not in known


def test_the_call_of_a_script_has_file_and_line() -> None:
    timeline = running_run(1)
    timeline.plan = None
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    call.file, call.line = "my train.py", 7
    known = facts_of(timeline, CallSelection(1, 0, call=call.id))
    assert known["Called at"] == "my train.py:7"
    assert "In thread" not in known
    call.thread = "Thread-1 (joins)"
    assert facts_of(timeline, CallSelection(1, 0, call=call.id))["In thread"] == "Thread-1 (joins)"


def test_a_wait_ends_with_its_caller() -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    timeline.process(1).exited_ns = 300 * MS
    timeline.touch(1)
    known = facts_of(timeline, CallSelection(1, 0, call=call.id))
    assert known["Returned"] == "never: its caller ended first"
    assert known["Duration"] == "200 ms"
    assert timeline.lane(1).inner.t1.tolist() == [300 * MS]


def test_a_call_on_an_executor_names_the_workers_that_it_ended() -> None:
    timeline = running_run(6)
    call = timeline.add_call(1, CallName.TERMINATE_WORKERS, None, 100 * MS)
    selection = CallSelection(1, 0, call=call.id)
    assert facts_of(timeline, selection)["On"] == "an executor without living workers"
    for worker in range(2, 8):
        timeline.add_signalled(call, worker)
    on = "an executor: Process-1, Process-2, Process-3, Process-4 and 2 more"
    assert facts_of(timeline, selection)["On"] == on
    assert sheet_text(timeline, selection).startswith("terminate_workers() on 6 workers\n")


def test_a_request_that_waited_has_its_waiting_time() -> None:
    timeline = running_run(1)
    timeline.requests[5] = Request(5, "alive", 1, 100 * MS, 400 * MS)
    call = timeline.add_call(1, CallName.IS_ALIVE, 2, 400 * MS)
    call.ended_ns, call.result, call.request = 401 * MS, True, 5
    known = facts_of(timeline, CallSelection(2, 0, call=call.id))
    assert known["Asked for"] == "0.100 s, 300 ms before the parent was free for it"


def test_a_join_that_timed_out_and_an_answer() -> None:
    timeline = running_run(1)
    join = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    join.ended_ns, join.result = 200 * MS, False
    asked = timeline.add_call(1, CallName.IS_ALIVE, 2, 210 * MS)
    asked.ended_ns, asked.result = 211 * MS, True
    assert facts_of(timeline, CallSelection(1, 0, call=join.id))["Result"].startswith("timed out")
    assert facts_of(timeline, CallSelection(1, 0, call=asked.id))["Result"] == "True"
