"""What the program of a plan writes into `program.journal` (`workers.recorded.parent`), beside the probe's record of
its calls."""

from typing import Annotated, NamedTuple

from workers.journal.kinds import Kind
from workers.journal.slot_layout import FLAGS, WORD, A, B, ClockNs, written_as


@written_as(Kind.STEP)
class StepBegan(NamedTuple):
    """The program is about to carry out a step of its plan, or a request of the user."""

    verb: Annotated[int, FLAGS, "index in workers.commands.VERBS"]
    request: Annotated[int, WORD, "number of the request, 0: none"]
    clock_ns: ClockNs
    step: Annotated[int, A, "from 0, -1: no step of the plan"]
    worker: Annotated[int, B, "0: not about one worker"]


@written_as(Kind.IDLE)
class WaitsForUser(NamedTuple):
    """The program has nothing to do until the user asks for something."""

    clock_ns: ClockNs
