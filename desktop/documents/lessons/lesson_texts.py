"""What the strip says about a lesson: its question, and the answer beside what happened. Pure; the window's thread."""

import re
from collections.abc import Sequence

from desktop.chart.drawing.overlay import Guess
from desktop.documents.lessons.lesson_evidence import LessonEvidence, evidence_of, moment_guess, order_guesses
from desktop.panels.learn.spread_bars import SpreadRow
from desktop.panels.learn.strip_texts import StripOutcome, StripQuestion, StripSentence
from workers.lessons.explaining import explain
from workers.lessons.judging import Assessment, Prediction, Verdict, assess, judge, placed_words
from workers.lessons.lesson import AnswerKind, Lesson
from workers.timeline.timeline import Timeline

Answer = int | float | tuple[int, ...]
"""The index of a choice, a moment in seconds, or the numbers of the items in order."""

_COUNTS = re.compile(r".*: \d+ of \d+ runs?\.\s*")
"""The counts in the sentence on a spread: bars show them."""

_HINTS = {
    AnswerKind.CHOICE: "",
    AnswerKind.ORDER: "Drag the bars into order, or press Left and Right on them.",
    AnswerKind.MOMENT: "Click on the empty chart where it is, or press Left and Right.",
}


def question_of(lesson: Lesson, where: str) -> StripQuestion:
    """The question of a lesson. where: which lesson it is."""
    choices = tuple(choice.text for choice in lesson.choices) if lesson.kind is AnswerKind.CHOICE else ()
    times = f" It runs {lesson.runs} times." if lesson.runs > 1 else ""
    return StripQuestion(where, lesson.title, f"{lesson.question}{times}", choices, _HINTS[lesson.kind])


def guesses_of(lesson: Lesson, timeline: Timeline, answer: Answer, *, right: bool) -> tuple[Guess, ...]:
    """What the chart draws of an answer that was drawn."""
    if lesson.kind is AnswerKind.ORDER and isinstance(answer, tuple):
        return order_guesses(lesson.items, timeline, answer)
    if lesson.moment is not None and isinstance(answer, float):
        guess = moment_guess(lesson.moment, timeline, answer, right=right)
        return () if guess is None else (guess,)
    return ()


def first_order(lesson: Lesson) -> list[str]:
    """The items in an order that is none of the answers, so that it gives none of them away."""
    items = list(range(len(lesson.items)))[::-1]
    answers = {choice.order for choice in lesson.choices}
    for _ in items:
        if tuple(items) not in answers:
            break
        items.append(items.pop(0))
    return [lesson.items[number].text for number in items]


def changed_outcome(lesson: Lesson, runs: Sequence[Timeline]) -> StripOutcome:
    """What is said after a changed copy of the program ran: what differs is for the user to find."""
    return StripOutcome(
        None,
        "You changed the program, and this is its run.",
        "Compare it with the run before: File, Compare with.",
        spread=_spread(lesson, runs),
        change=lesson.change.text,
        harder=lesson.harder.question,
        answer=lesson.harder.answer,
    )


def outcome_of(
    lesson: Lesson, runs: Sequence[Timeline], answer: Answer, path: str, *, last: bool
) -> tuple[StripOutcome, list[tuple[LessonEvidence, ...]]]:
    """The answer beside what the runs of a lesson show, and what each sentence points at. path: of the program that ran. last:
    whether no other lesson is left to be answered."""
    verdict = judge(lesson, runs)
    assessed = assess(lesson, verdict, _prediction(lesson, answer))
    timeline = runs[-1]
    parts = explain(lesson, timeline)
    evidence = [evidence_of(part, timeline, path) for part in parts]
    sentences = tuple(
        StripSentence(part.text, tuple(one.words for one in found)) for part, found in zip(parts, evidence, strict=True)
    )
    outcome = StripOutcome(
        assessed.right,
        f"You said: {_said(lesson, answer)}",
        " ".join(filter(None, (_happened(lesson, verdict, assessed), _COUNTS.sub("", verdict.spread_sentence)))),
        assessed.tempting,
        sentences,
        _spread(lesson, runs),
        lesson.change.text,
        lesson.harder.question,
        lesson.harder.answer,
        last,
    )
    return outcome, evidence


def _happened(lesson: Lesson, verdict: Verdict, assessed: Assessment) -> str:
    """What happened, in a sentence; of an answer that was right only what it did not say itself."""
    says_all = lesson.kind is not AnswerKind.MOMENT and verdict.as_usual is not False
    return "Right." if assessed.right and says_all else assessed.sentence


def _prediction(lesson: Lesson, answer: Answer) -> Prediction:
    match answer:
        case tuple():
            return Prediction(order=answer)
        case float():
            return Prediction(moment_s=answer)
    return Prediction(choice=answer)


def _said(lesson: Lesson, answer: Answer) -> str:
    """The answer in words, as a sentence."""
    match answer:
        case tuple():
            words = ", then ".join(lesson.items[number].text for number in answer)
        case float():
            words = "" if lesson.moment is None else f"{lesson.moment.text} {placed_words(lesson.moment, answer)}"
        case _:
            words = lesson.choices[answer].text
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _spread(lesson: Lesson, runs: Sequence[Timeline]) -> tuple[SpreadRow, ...]:
    """Each outcome with the numbers of its runs; a run that fits none or several has a row of those."""
    if lesson.runs == 1:
        return ()
    by_outcome: list[list[int]] = [[] for _ in lesson.outcomes]
    unclear: list[int] = []
    for number, timeline in enumerate(runs):
        holding = [at for at, one in enumerate(lesson.outcomes) if one.holds.value(timeline)]
        (by_outcome[holding[0]] if len(holding) == 1 else unclear).append(number)
    rows = [SpreadRow(one.text, tuple(found)) for one, found in zip(lesson.outcomes, by_outcome, strict=True)]
    return (*rows, SpreadRow("fits none of these", tuple(unclear))) if unclear else tuple(rows)
