"""How each kind of span looks and what it is called: one entry a kind. Values only; no Qt object lives here.

To add a kind, add a member to `SpanKind` and an entry here. The number of the member is its priority: where several spans
share a pixel column, the highest number shows.
"""

from dataclasses import dataclass
from enum import Enum

from workers.timeline.model import SpanKind


class SpanPattern(Enum):
    """How a bar is filled. `desktop.chart.drawing.bars` draws each of them."""

    SOLID = "solid"
    DOTTED = "dotted"
    THIN = "thin"
    OUTLINED = "outlined"
    HATCHED = "hatched"


@dataclass(frozen=True, slots=True)
class SpanStyle:
    """One kind of span.

    role: the palette's name for its colour.
    pattern: how its bar is filled.
    words: its name in details and tooltips.
    legend: its name in the legend; empty for a kind that the legend leaves out.
    task: whether it is drawn inside a lane's bar, from columns of tasks.
    grey_on_helpers: whether its bar is grey on the lane of a helper.
    """

    role: str
    words: str
    legend: str = ""
    pattern: SpanPattern = SpanPattern.SOLID
    task: bool = False
    grey_on_helpers: bool = False


SPAN_STYLES: dict[SpanKind, SpanStyle] = {
    SpanKind.STARTING: SpanStyle("starting", "starting", "starting", SpanPattern.DOTTED, grey_on_helpers=True),
    SpanKind.ALIVE: SpanStyle("alive", "alive", "alive", grey_on_helpers=True),
    SpanKind.ENDING: SpanStyle("alive", "ending", "ending", SpanPattern.THIN),
    SpanKind.ZOMBIE: SpanStyle("zombie", "exited, not reaped", "exited, not reaped", SpanPattern.OUTLINED),
    SpanKind.JOIN: SpanStyle("join", "waiting in join()", "parent waits in join()", SpanPattern.HATCHED),
    SpanKind.WAITING: SpanStyle("join", "waiting", "waits: lock, queue, result", SpanPattern.HATCHED),
    SpanKind.PAUSED: SpanStyle("paused", "paused"),
    SpanKind.TRANSFER: SpanStyle("transfer", "transfer", "transfer"),
    SpanKind.DISK: SpanStyle("disk", "disk", "disk", SpanPattern.OUTLINED),
    SpanKind.DESERIALIZE: SpanStyle("disk", "opening a pickle", "opens a pickle", SpanPattern.DOTTED),
    SpanKind.TASK: SpanStyle("starting", "task", "task", task=True),
    SpanKind.FAILED: SpanStyle("bad", "failed", "failed task", task=True),
}
"""Every kind of span, in the order of the legend."""

SPAN_ROLES: tuple[str, ...] = ("", *(SPAN_STYLES[SpanKind(number)].role for number in range(1, max(SpanKind) + 1)))
"""The palette's role by the number of the kind; number 0 is no span."""
