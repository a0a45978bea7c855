"""Lessons and runs of them, built by hand: a lesson from a few keys, and a run in which two processes print a line each."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from support.builders import MS, joined_run
from workers.lessons.expressions import Expression, parse
from workers.lessons.lesson import (
    AnswerKind,
    Choice,
    ExplanationPart,
    HarderQuestion,
    Lesson,
    LessonOutcome,
    ListingChange,
    OrderedItem,
    PlacedMoment,
)
from workers.lessons.run_words import COUNTS, RUN
from workers.timeline.timeline import Timeline


def asked(text: str) -> Expression:
    """An expression about one run."""
    return parse(text, RUN)


def lesson(*choices: Choice, **keys: Any) -> Lesson:
    """A lesson that is answered by a choice, unless `keys` say otherwise."""
    made = Lesson(
        "01-built", "Built", Path("lessons/01-built/listing.py"), "print(1)\n", "What?", AnswerKind.CHOICE, choices,
        (ExplanationPart("So it is."),), ListingChange("Change it."), HarderQuestion("Why?", "So."),
    )  # fmt: skip
    return replace(made, **keys)


def choosing(*conditions: str, usual: int | None = None) -> Lesson:
    """A lesson with one choice for each of these conditions on its run."""
    choices = [Choice(f"choice {at}", f"tempting {at}", asked(text)) for at, text in enumerate(conditions)]
    return lesson(*choices, usual=usual)


def racing(usual: int | None = None) -> Lesson:
    """A lesson of twenty runs: is Process-1 always the first to print?"""
    outcomes = (
        LessonOutcome("1 is first", asked('line("from 1").number < line("from 2").number')),
        LessonOutcome("2 is first", asked('line("from 2").number < line("from 1").number')),
    )
    choices = [
        Choice(text, "hm", parse(holds, COUNTS))
        for text, holds in (
            ("always", "times(1) == runs"),
            ("mostly", "0 < times(1) < runs"),
            ("never", "times(1) == 0"),
        )
    ]
    return lesson(*choices, usual=usual, runs=20, outcomes=outcomes)


def raced(first: int) -> Timeline:
    """A run in which this process printed before the other."""
    run = joined_run(2)
    for number in (first, 3 - first):
        run.add_line(number + 1, "stdout", 100 * MS, f"from {number}")
    return run


def ordering(*items: str, orders: tuple[tuple[int, ...], ...], usual: int | None = None) -> Lesson:
    """A lesson about the order of these moments."""
    choices = [Choice(f"choice {at}", f"tempting {at}", order=order) for at, order in enumerate(orders)]
    made = tuple(OrderedItem(f"item {at}", asked(text)) for at, text in enumerate(items))
    return lesson(*choices, kind=AnswerKind.ORDER, items=made, usual=usual)


def placing(at: str, *marks: str, since: str = "", tolerance_s: float = 0.2, usual: int | None = None) -> Lesson:
    """A lesson about the moment `at`."""
    choices = [Choice(f"choice {number}", f"tempting {number}", at=asked(text)) for number, text in enumerate(marks)]
    moment = PlacedMoment("the end", "Process-1", asked(at), asked(since) if since else None, 5.0, tolerance_s)
    return lesson(*choices, kind=AnswerKind.MOMENT, moment=moment, usual=usual)
