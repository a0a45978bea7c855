"""Which step of a plan a call of its program is, and which request of a person it answers. Part of a Fold, which owns it."""

from workers.commands import VERBS
from workers.folding.identities import Origin
from workers.journal.journal import Kind
from workers.journal.slots import Record
from workers.timeline.model import Call, CallName, Request
from workers.timeline.timeline import Timeline

_CALL_OF_VERB = {"alive": CallName.IS_ALIVE}
_About = tuple[CallName, int]


class PlanSteps:
    """Fills in the calls' steps and requests. The program's journal and the parent's own tell of them in either order."""

    def __init__(self, timeline: Timeline, origin: Origin) -> None:
        self._timeline = timeline
        self._origin = origin
        self._told: dict[_About, list[tuple[int | None, int | None]]] = {}  # (step, request)
        self._made: dict[_About, list[Call]] = {}

    def told(self, record: Record) -> None:
        """What the program says that it does next."""
        timeline = self._timeline
        timeline.touch(1)
        if record.kind == Kind.IDLE:
            timeline.waiting_for_person, timeline.step = True, None
            return
        if record.kind != Kind.STEP:
            return
        timeline.waiting_for_person = False
        timeline.step = record.a if record.a >= 0 else None
        verb = VERBS[record.flags]
        if record.word:
            at_ns = self._origin.at(record.t)
            request = Request(record.word, verb, record.b, at_ns)
            timeline.requests.setdefault(record.word, request).answered_ns = at_ns
        if record.b:  # about one worker: the next such call is it, a step of the plan or not
            about = _CALL_OF_VERB.get(verb) or CallName(verb), record.b
            made = self._made.get(about)
            if made:
                call = made.pop(0)
                call.step, call.request = timeline.step, record.word or None
            else:
                self._told.setdefault(about, []).append((timeline.step, record.word or None))

    def made(self, call: Call, worker: int) -> None:
        """The program called something of this worker."""
        about = call.name, worker
        if self._told.get(about):
            call.step, call.request = self._told[about].pop(0)
        else:
            self._made.setdefault(about, []).append(call)
