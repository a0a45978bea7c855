"""A call of a plan's program has its step, whichever journal is read first."""

import pytest
from support.journals import made

from workers.commands import VERBS
from workers.folding.plan_steps import PlanSteps
from workers.folding.run_clock import RunClock
from workers.journal.plan_kinds import StepBegan
from workers.journal.process_kinds import CallBegan, CallEnded
from workers.plan.plan import Plan
from workers.recorded.probe import CALLS
from workers.timeline.model import Call, CallName, ProcessKind
from workers.timeline.timeline import Timeline


def step(number: int, verb: str, worker: int, request: int, t: int) -> StepBegan:
    """A record of the program's journal of steps."""
    return StepBegan(VERBS.index(verb), request, clock_ns=t, step=number, worker=worker)


@pytest.mark.parametrize("step_first", [True, False])
def test_calls_have_their_steps_and_requests(step_first: bool) -> None:
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    steps = PlanSteps(timeline, RunClock())
    calls = [Call(number, 1, CallName.JOIN, 2, at) for number, at in ((1, 10), (2, 20))]
    records = [step(3, "join", 1, 0, 9), step(-1, "join", 1, 7, 19)]
    for call, record in zip(calls, records, strict=True):
        if step_first:
            steps.take(record, {})
            steps.add_call(call, 1)
        else:
            steps.add_call(call, 1)
            steps.take(record, {})
    assert [(call.step, call.request) for call in calls] == [(3, None), (None, 7)]
    assert timeline.requests[7].answered_ns == 19
    assert timeline.step is None


def test_is_alive_and_join_on_the_same_worker_are_distinguished() -> None:
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    steps = PlanSteps(timeline, RunClock())
    steps.take(step(2, "alive", 1, 0, 5), {})
    wait, question = Call(1, 1, CallName.JOIN, 2, 6), Call(2, 1, CallName.IS_ALIVE, 2, 7)
    steps.add_call(wait, 1)
    steps.add_call(question, 1)
    assert (wait.step, question.step) == (None, 2)


def test_calls_on_futures_stand_in_the_journal_of_steps() -> None:
    timeline = Timeline.planned(Plan.make([1, 1], engine="dask"))
    assert [process.kind for process in timeline.processes] == [ProcessKind.PROGRAM]  # tasks are no lanes
    steps = PlanSteps(timeline, RunClock())
    submit, result = (CALLS.index(name) for name in ("submit", "result"))
    records = [
        step(0, "start", 2, 0, 5), made(CallBegan, 6, method=submit, call=1, child=2, timeout_ns=-1),
        made(CallEnded, 7, method=submit, call=1, child=2),
        step(-1, "join", 2, 4, 10), made(CallBegan, 11, method=result, call=2, child=2, timeout_ns=10**9),
        made(CallEnded, 12, method=result, call=2, child=2, error_text=1),
        step(-1, "join", 2, 5, 13), made(CallBegan, 14, method=result, call=3, child=2, timeout_ns=-1),
        made(CallEnded, 15, method=result, call=3, child=2, result=1),
        made(CallEnded, 16, method=result, call=9, child=2, result=1),
    ]  # fmt: skip
    for record in records[:6]:
        steps.take(record, {1: "TimeoutError"})
    assert (timeline.submitted, timeline.collected) == ({2}, set())
    for record in records[6:]:
        steps.take(record, {})
    assert (timeline.submitted, timeline.collected) == ({2}, {2})
    told = [(call.name, call.task, call.step, call.request, call.timeout_s, call.result, call.error)
            for call in timeline.calls]  # fmt: skip
    assert told == [
        (CallName.SUBMIT, "sort-2", 0, None, None, None, None),
        (CallName.RESULT, "sort-2", None, 4, 1.0, False, "TimeoutError"),
        (CallName.RESULT, "sort-2", None, 5, None, True, None),
    ]
