"""Which step of a plan a call of its program is, and which request of the user it answers.

Part of a Fold, which owns it.
"""

from workers.commands import VERBS
from workers.folding.run_clock import RunClock
from workers.journal.plan_kinds import StepBegan, WaitsForUser
from workers.journal.process_kinds import CallBegan, CallEnded
from workers.journal.slots import Record
from workers.recorded.probe import CALLS
from workers.timeline.model import Call, CallName, Request
from workers.timeline.timeline import Timeline

_CALL_OF_VERB = {"alive": CallName.IS_ALIVE}
_METHODS = [CallName(name) for name in CALLS]
_CallOnWorker = tuple[CallName, int]


class PlanSteps:
    """Fills in the steps and requests of calls.

    Steps are in the program's journal of steps, calls in its own; either is read first. Calls on futures are in the journal of
    steps, each after its step.
    """

    def __init__(self, timeline: Timeline, clock: RunClock) -> None:
        self._timeline = timeline
        self._clock = clock
        self._steps: dict[_CallOnWorker, list[tuple[int | None, int | None]]] = {}  # (step, request) without a call yet
        self._calls: dict[_CallOnWorker, list[Call]] = {}  # without a step yet
        self._request: int | None = None  # that the last step answers
        self._on_futures: dict[int, Call] = {}  # by number, without an end yet

    def take(self, record: Record, texts: dict[int, str]) -> None:
        """A record of the program's journal of steps: what it does next, or a call on a future."""
        self._timeline.touch(1)
        match record:
            case WaitsForUser():
                self._timeline.waiting_for_person, self._timeline.step = True, None
            case StepBegan():
                self._step_began(record)
            case CallBegan():
                self._future_called(record)
            case CallEnded():
                self._future_left(record, texts)

    def add_call(self, call: Call, worker: int) -> None:
        """The program called a method of this worker."""
        about = call.name, worker
        if self._steps.get(about):
            call.step, call.request = self._steps[about].pop(0)
        else:
            self._calls.setdefault(about, []).append(call)

    def _step_began(self, record: StepBegan) -> None:
        timeline = self._timeline
        timeline.waiting_for_person = False
        timeline.step = record.step if record.step >= 0 else None
        verb = VERBS[record.verb]
        self._request = record.request or None
        if record.request:
            at_ns = self._clock.since_start(record.clock_ns)
            request = Request(record.request, verb, record.worker, at_ns)
            timeline.requests.setdefault(record.request, request).answered_ns = at_ns
        if record.worker and not self._on_cluster:
            # The next such call on this worker is meant, whether or not it is a step of the plan.
            about = _CALL_OF_VERB.get(verb) or CallName(verb), record.worker
            calls = self._calls.get(about)
            if calls:
                call = calls.pop(0)
                call.step, call.request = timeline.step, record.request or None
            else:
                self._steps.setdefault(about, []).append((timeline.step, record.request or None))

    @property
    def _on_cluster(self) -> bool:
        plan = self._timeline.plan
        return plan is not None and plan.on_cluster

    def _future_called(self, record: CallBegan) -> None:
        timeline, plan = self._timeline, self._timeline.plan
        call = timeline.add_call(1, _METHODS[record.method], None, self._clock.since_start(record.clock_ns))
        call.timeout_s = None if record.timeout_ns < 0 else record.timeout_ns / 1e9
        call.step, call.request = timeline.step, self._request
        call.task = f"{plan.workload.function}-{record.child}" if plan is not None else str(record.child)
        self._on_futures[record.call] = call
        if call.name is CallName.SUBMIT:
            timeline.submitted.add(record.child)

    def _future_left(self, record: CallEnded, texts: dict[int, str]) -> None:
        call = self._on_futures.pop(record.call, None)
        if call is None:
            return
        call.ended_ns = self._clock.since_start(record.clock_ns)
        call.error = texts.get(record.error_text) or None
        if call.name is CallName.RESULT:
            call.result = bool(record.result)
            if record.result:
                self._timeline.collected.add(record.child)
