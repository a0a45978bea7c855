"""The explanation of a lesson for one run: sentences with its figures, and what each points at. Pure functions, any process."""

from dataclasses import dataclass

from workers.lessons.expressions import Expression
from workers.lessons.lesson import BRACES, ExplanationPart, Lesson
from workers.lessons.value_kinds import ValueKind
from workers.plan.sizes import format_duration
from workers.timeline.model import Call, OutputLine, Process
from workers.timeline.timeline import Timeline

_NOT_SEEN = "(not seen)"


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One sentence of the explanation, and its evidence in the run.

    text: with the figures of the run. line: of the listing, from 1; 0 for none.
    process, call: their ids. printed: the number of a printed line. at_ns: a moment. None where it points at none.
    """

    text: str
    line: int = 0
    process: int | None = None
    call: int | None = None
    printed: int | None = None
    at_ns: int | None = None


def explain(lesson: Lesson, timeline: Timeline) -> tuple[ExplainedPart, ...]:
    """The sentences that are true of this run."""
    return tuple(
        _explained(part, timeline)
        for part in lesson.explanation
        if part.when is None or part.when.value(timeline) is True
    )


def _explained(part: ExplanationPart, timeline: Timeline) -> ExplainedPart:
    values = iter([_words(one, timeline) for one in part.expressions])
    text = BRACES.sub(lambda _: next(values), part.text)
    shown = None if part.shows is None else part.shows.value(timeline)
    match shown:
        case Process():
            return ExplainedPart(text, part.line, process=shown.id, at_ns=shown.life_began_ns)
        case Call():
            return ExplainedPart(text, part.line, shown.process, shown.id, at_ns=shown.began_ns)
        case OutputLine():
            return ExplainedPart(text, part.line, shown.process, printed=shown.number, at_ns=shown.at_ns)
        case int() | float():
            return ExplainedPart(text, part.line, at_ns=round(shown * 1e9))
    return ExplainedPart(text, part.line)


def _words(expression: Expression, timeline: Timeline) -> str:
    value = expression.value(timeline)
    if value is None:
        return _NOT_SEEN
    if expression.kinds.many:
        return f"{len(value):,}"
    if expression.kinds.kind is ValueKind.SECONDS:
        return format_duration(value)
    if isinstance(value, Process):
        return value.name
    if isinstance(value, Call):
        return f"{value.name}()"
    if isinstance(value, OutputLine):
        return value.text
    return f"{value:g}" if isinstance(value, float) else str(value)
