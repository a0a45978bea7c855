"""Which step of a plan a call of its program is, and which request of the user it answers.

Part of a Fold, which owns it.
"""

from workers.commands import VERBS
from workers.folding.run_clock import RunClock
from workers.journal.plan_kinds import StepBegan, WaitsForUser
from workers.journal.slots import Record
from workers.timeline.model import Call, CallName, Request
from workers.timeline.timeline import Timeline

_CALL_OF_VERB = {"alive": CallName.IS_ALIVE}
_CallOnWorker = tuple[CallName, int]


class PlanSteps:
    """Fills in the steps and requests of calls.

    Steps are in the program's journal of steps, calls in its own; either is read first.
    """

    def __init__(self, timeline: Timeline, clock: RunClock) -> None:
        self._timeline = timeline
        self._clock = clock
        self._steps: dict[_CallOnWorker, list[tuple[int | None, int | None]]] = {}  # (step, request) without a call yet
        self._calls: dict[_CallOnWorker, list[Call]] = {}  # without a step yet

    def take(self, record: Record) -> None:
        """A record of the program's journal of steps: what it does next."""
        self._timeline.touch(1)
        match record:
            case WaitsForUser():
                self._timeline.waiting_for_person, self._timeline.step = True, None
            case StepBegan():
                self._step_began(record)

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
        if record.request:
            at_ns = self._clock.since_start(record.clock_ns)
            request = Request(record.request, verb, record.worker, at_ns)
            timeline.requests.setdefault(record.request, request).answered_ns = at_ns
        if record.worker:  # the next such call on this worker is meant, whether or not it is a step of the plan
            about = _CALL_OF_VERB.get(verb) or CallName(verb), record.worker
            calls = self._calls.get(about)
            if calls:
                call = calls.pop(0)
                call.step, call.request = timeline.step, record.request or None
            else:
                self._steps.setdefault(about, []).append((timeline.step, record.request or None))
