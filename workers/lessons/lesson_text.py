"""Lessons as text for a terminal and as data for scripts. Pure functions, any process."""

from collections.abc import Sequence
from typing import Any

from workers.lessons.lesson import AnswerKind, Lesson
from workers.lessons.lesson_loading import BrokenLesson
from workers.lessons.lesson_progress import LessonProgress
from workers.lessons.lesson_runs import LessonResult
from workers.report.text_cells import cells, cut, folded, left

_ASKS = {AnswerKind.CHOICE: "choose", AnswerKind.ORDER: "put in order", AnswerKind.MOMENT: "place a moment"}
_ANSWERED = {True: "answered", False: "answered, not right", None: "answered, undecided"}
_HEADS = ("lesson", "title", "answer", "runs", "progress")


def table(lessons: Sequence[Lesson], progress: LessonProgress, width: int | None = None) -> str:
    """A line of heads, and one for each lesson. width: the most cells of a line; titles are cut to it."""
    rows = [_HEADS, *(_row(lesson, progress) for lesson in lessons)]
    wide = [max(cells(row[at]) for row in rows) for at in range(len(_HEADS))]
    if width is not None:
        rest = sum(wide) - wide[1] + 2 * (len(wide) - 1)
        wide[1] = min(wide[1], max(width - rest, 20))
    lines = ("  ".join(left(cut(cell, size), size) for cell, size in zip(row, wide, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _row(lesson: Lesson, progress: LessonProgress) -> tuple[str, ...]:
    answered = _ANSWERED[progress.right(lesson)] if progress.has(lesson) else ""
    return lesson.id.partition("-")[0], lesson.title, _ASKS[lesson.kind], str(lesson.runs), answered


def results_text(results: Sequence[LessonResult], width: int | None = None) -> str:
    """Each lesson with its question, its choices, the answer of its runs, and the explanation."""
    return "\n".join("".join(_lines(one, width)) for one in results)


def _lines(result: LessonResult, width: int | None) -> list[str]:
    lesson, verdict = result.lesson, result.verdict
    right = None if verdict is None else verdict.answer
    texts = [f"{lesson.id}: {lesson.title}", f"  {lesson.question}"]
    texts += [f"  {'→' if at == right else ' '} {at + 1} {one.text}" for at, one in enumerate(lesson.choices)]
    if verdict is None:
        texts.append(f"  {result.problem}")
    else:
        said = (verdict.sentence, verdict.spread_sentence, *(part.text for part in result.explanation))
        texts += [f"  {sentence}" for sentence in said if sentence]
    return [text + "\n" for text in texts] if width is None else [_folded(text, width) for text in texts]


def _folded(text: str, width: int) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    first, *rest = text.lstrip().split(" ")
    return folded([indent + first, *rest], " ", width, f"{indent}  ") + "\n"


def broken_text(broken: Sequence[BrokenLesson]) -> str:
    """One sentence for each lesson that cannot be used."""
    return "".join(f"{one.sentence}\n" for one in broken)


def data(results: Sequence[LessonResult], broken: Sequence[BrokenLesson]) -> dict[str, Any]:
    """The same for `json.dumps`. Keys are promises and are only ever added. answer: null where no run decided it."""
    return {
        "lessons": [_entry(one) for one in results],
        "broken": [{"id": one.id, "problem": one.sentence} for one in broken],
    }


def _entry(result: LessonResult) -> dict[str, Any]:
    lesson, verdict = result.lesson, result.verdict
    return {
        "id": lesson.id,
        "title": lesson.title,
        "listing": lesson.listing,
        "path": str(lesson.path),
        "question": lesson.question,
        "choices": [choice.text for choice in lesson.choices],
        "answer": verdict.answer if verdict else None,
        "explanation": " ".join(part.text for part in result.explanation),
        "kind": str(lesson.kind),
        "usual": lesson.usual,
        "tempting": [choice.tempting or None for choice in lesson.choices],
        "verdict": verdict.sentence if verdict else None,
        "items": [item.text for item in lesson.items],
        "order": list(verdict.order) if verdict else [],
        "moment_s": round(verdict.moment_s, 6) if verdict and verdict.moment_s is not None else None,
        "runs": verdict.runs + verdict.unclear if verdict else 0,
        "spread": [{"outcome": one.text, "runs": one.times} for one in verdict.spread] if verdict else [],
        "change": lesson.change.text,
        "changed_listing": lesson.changed_listing,
        "harder_question": lesson.harder.question,
        "harder_answer": lesson.harder.answer,
        "problem": result.problem or None,
    }
