"""A lesson as it was loaded: a listing, a question to be answered before it runs, and what decides the answer. Frozen data.

Any process and thread.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workers.lessons.expressions import Expression

MOST_LINES_OF_LISTING = 15
MOST_CHOICES = 4
MOST_RUNS = 50
BRACES = re.compile(r"\{([^{}]*)\}")
"""An expression in the text of an explanation."""


class AnswerKind(StrEnum):
    """How a lesson is answered. The values are those of the key `answer` in a lesson's file."""

    CHOICE = "choice"
    """By choosing one sentence."""
    ORDER = "order"
    """By putting events into the order in which they will happen."""
    MOMENT = "moment"
    """By placing a moment on the timeline."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that is offered. Exactly one is right for a run.

    text: what is shown. tempting: what is said to who chose it and was wrong; empty for the usual answer, if there is one.
    holds: of a lesson that is answered by a choice, when it is right. Judged on a run or, where the lesson runs more than once,
        on how often each outcome came about.
    order: of a lesson about an order, the items as they would be ordered, from 0.
    at: of a lesson about a moment, where that would be, as seconds of the run.
    """

    text: str
    tempting: str = ""
    holds: Expression | None = None
    order: tuple[int, ...] = ()
    at: Expression | None = None


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """Something to be put in order. at: when it happened, as seconds of the run."""

    text: str
    at: Expression


@dataclass(frozen=True, slots=True)
class PlacedMoment:
    """A moment to be placed on the lane of a process.

    text: what it is, such as "the end of join()". lane: the process on whose lane it is placed; its name, or ``program``.
    at: when it was, as seconds of the run. since: what is second 0 of the empty axis; None = the start of the program.
    axis_s: how long that axis is. tolerance_s: as far off a right answer may be.
    since_text: the same as `since` in words that follow a time, such as "after start()"; empty where there are none.
    """

    text: str
    lane: str
    at: Expression
    since: Expression | None
    axis_s: float
    tolerance_s: float
    since_text: str = ""


@dataclass(frozen=True, slots=True)
class LessonOutcome:
    """One way in which a run can go, of a lesson that runs more than once."""

    text: str
    holds: Expression


@dataclass(frozen=True, slots=True)
class ExplanationPart:
    """One sentence of the explanation.

    text: with expressions between braces, which are replaced by their values.
    expressions: those between the braces, in order.
    line: the line of the listing that it is about, from 1; 0 for none.
    shows: what it points at in the run. when: when it is true, and shown; None = always.
    """

    text: str
    expressions: tuple[Expression, ...] = ()
    line: int = 0
    shows: Expression | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class ListingChange:
    """One thing to change and run again. line: which line of the listing becomes `code`; 0 = none is given. code may be more
    than one line, or empty to remove the line."""

    text: str
    line: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class HarderQuestion:
    """A question for who wants more, and its answer, which is shown when asked for."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.

    id: the name of its folder, unique among the lessons of one folder. path: of its listing. listing: the text of that.
    kind: how it is answered. choices: what is offered; each kind has some.
    usual: the choice that is right on most machines, from 0; None where that differs.
    runs: how often it runs for one answer. outcomes: the ways in which a run can go, where that is more than once.
    watch: globals of the listing whose values are recorded.
    """

    id: str
    title: str
    path: Path
    listing: str
    question: str
    kind: AnswerKind
    choices: tuple[Choice, ...]
    explanation: tuple[ExplanationPart, ...]
    change: ListingChange
    harder: HarderQuestion
    usual: int | None = None
    items: tuple[OrderedItem, ...] = ()
    moment: PlacedMoment | None = None
    runs: int = 1
    outcomes: tuple[LessonOutcome, ...] = ()
    watch: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What progress is kept by: lessons of different folders may have the same id."""
        return f"{self.path.parent.parent.name}/{self.id}"

    @property
    def number(self) -> int | None:
        """The number that its id begins with, if there is one."""
        digits = self.id.partition("-")[0]
        return int(digits) if digits.isascii() and digits.isdigit() else None

    @property
    def changed_listing(self) -> str:
        """The listing with the suggested change; as it is where the change names no line."""
        return changed(self.listing, self.change)


def changed(listing: str, change: ListingChange) -> str:
    """The listing with a change made."""
    if not change.line:
        return listing
    lines = listing.splitlines()
    lines[change.line - 1 : change.line] = change.code.splitlines()
    return "\n".join(lines) + "\n"
