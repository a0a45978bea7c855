"""What the user had the parent of a plan by hand do so far, for the script that writes itself.

Pure functions without Qt, in the window's thread.
"""

from workers.plan.listing import call_text
from workers.plan.plan import Plan, Step, Verb
from workers.timeline.model import Call, CallName
from workers.timeline.timeline import Timeline

_VERBS = {
    CallName.START: Verb.START,
    CallName.JOIN: Verb.JOIN,
    CallName.IS_ALIVE: Verb.ALIVE,
    CallName.TERMINATE: Verb.TERMINATE,
    CallName.KILL: Verb.KILL,
    CallName.SUBMIT: Verb.START,
    CallName.RESULT: Verb.JOIN,
    CallName.STATUS: Verb.ALIVE,
    CallName.CANCEL: Verb.TERMINATE,
}


def calls_by_hand(timeline: Timeline) -> list[Call]:
    """The calls that the parent made for the user, in order, without those that raised."""
    return [
        call
        for call in timeline.calls_by(1)
        if call.request is not None and call.error is None and call.name in _VERBS and _worker(timeline, call)
    ]


def made_by_hand(timeline: Timeline, plan: Plan) -> tuple[Step | str, ...]:
    """What the script of a run by hand has so far: the calls that were made, and as comments what was sent from outside and
    what the parent has not come to yet."""
    made: list[tuple[int, Step | str]] = [
        (call.began_ns, Step(_VERBS[call.name], _worker(timeline, call), call.timeout_s))
        for call in calls_by_hand(timeline)
    ]
    for process in timeline.processes[1 : plan.workers + 1]:
        for sent in timeline.signalled_to(process.id):
            if sent.by is None and process.worker is not None:
                made.append(
                    (sent.at_ns, f"{sent.signal} was sent to p{process.worker} from outside, not by the parent.")
                )
    made.sort(key=lambda one: one[0])
    waiting = [
        f"Waits for the parent: {call_text(Step(Verb(request.verb), request.worker), plan)}"
        for request in timeline.pending
        if request.worker
    ]
    return (*(step for _, step in made), *waiting)


def _worker(timeline: Timeline, call: Call) -> int:
    """The number of the worker, or of the task, that a call was made on; 0 where it was on none."""
    if call.task:
        return int(call.task.rpartition("-")[2])
    return 0 if call.process is None else timeline.process(call.process).worker or 0
