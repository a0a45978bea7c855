"""Checks the listing and the file of one lesson, and makes the lesson of them. Pure functions, any process and thread.

Everything that can be checked without a run is checked here.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

from workers.lessons.expressions import Expression, ExpressionError, Vocabulary, parse
from workers.lessons.lesson import (
    BRACES,
    MOST_CHOICES,
    MOST_LINES_OF_LISTING,
    MOST_RUNS,
    AnswerKind,
    Choice,
    ExplanationPart,
    HarderQuestion,
    Lesson,
    LessonOutcome,
    ListingChange,
    OrderedItem,
    PlacedMoment,
    changed,
)
from workers.lessons.lesson_file import ChoiceEntry, ExplanationEntry, LessonFile, LessonFileError
from workers.lessons.run_words import COUNTS, RUN
from workers.lessons.value_kinds import ValueKind

LISTING = "listing.py"
_MOST_ITEMS = 6
_MOST_PARTS = 6
_ENTITIES = (ValueKind.PROCESS, ValueKind.CALL, ValueKind.LINE, ValueKind.SECONDS)


def make_lesson(folder: Path, listing: str, file: LessonFile) -> Lesson:
    """The lesson in a folder, from the checked text of its listing. Raises LessonFileError."""
    return _Making(folder, listing, file).lesson()


def checked_listing(text: str) -> str:
    """The text of a listing, unchanged. Raises LessonFileError for one that cannot be used."""
    lines = len(text.splitlines())
    if not text.strip():
        raise LessonFileError("it is empty")
    if lines > MOST_LINES_OF_LISTING:
        raise LessonFileError(f"it has {lines} lines, and a listing has at most {MOST_LINES_OF_LISTING}")
    _compile(text)
    return text


def _compile(text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, LISTING, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise LessonFileError(f"it does not compile: {error.msg} in line {error.lineno}") from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise LessonFileError(f"it does not compile: {error}") from error


class _Making:
    """One lesson on its way from its file."""

    def __init__(self, folder: Path, listing: str, file: LessonFile) -> None:
        self._folder = folder
        self._listing = listing
        self._lines = len(listing.splitlines())
        self._file = file

    def lesson(self) -> Lesson:
        """The checked lesson. Raises LessonFileError."""
        file = self._file
        for key in ("title", "question"):
            self._check_text(key, getattr(file, key))
        kind = self._kind()
        items = tuple(self._items()) if kind is AnswerKind.ORDER else ()
        moment = self._moment() if kind is AnswerKind.MOMENT else None
        outcomes = self._outcomes(kind)
        return Lesson(
            id=self._folder.name,
            title=file.title.strip(),
            path=self._folder / LISTING,
            listing=self._listing,
            question=file.question.strip(),
            kind=kind,
            choices=self._choices(kind, len(items)),
            explanation=self._explanation(),
            change=self._change(),
            harder=self._harder(),
            usual=file.usual - 1 if file.usual else None,
            items=items,
            moment=moment,
            runs=file.runs,
            outcomes=outcomes,
            watch=self._watch(),
        )

    def _check_text(self, place: str, text: str) -> None:
        if not text.strip():
            raise LessonFileError(f"{place}: it is empty")

    def _check_count(self, place: str, entries: Sequence[object], least: int, most: int) -> None:
        if not least <= len(entries) <= most:
            raise LessonFileError(f"{place}: there are {len(entries)}, and {least} to {most} are possible")

    def _check_line(self, place: str, line: int) -> None:
        if not 0 <= line <= self._lines:
            raise LessonFileError(f"{place}: the listing has no line {line}, it has {self._lines} lines")

    def _expression(self, place: str, text: str, vocabulary: Vocabulary, *wanted: ValueKind) -> Expression:
        try:
            return parse(text, vocabulary, *wanted)
        except ExpressionError as error:
            raise LessonFileError(f"{place}, column {error.column}: {error}") from error

    def _kind(self) -> AnswerKind:
        file = self._file
        if file.answer not in set(AnswerKind):
            raise LessonFileError(f"answer: {file.answer!r} is none of {', '.join(AnswerKind)}")
        kind = AnswerKind(file.answer)
        for key, given, of in (("items", file.items, AnswerKind.ORDER), ("moment", file.moment, AnswerKind.MOMENT)):
            if given and kind is not of:
                raise LessonFileError(f'{key}: it belongs to a lesson with answer = "{of}"')
            if not given and kind is of:
                raise LessonFileError(f'there is no {key}, which a lesson with answer = "{of}" needs')
        return kind

    def _items(self) -> list[OrderedItem]:
        self._check_count("items", self._file.items, 2, _MOST_ITEMS)
        made = []
        for number, entry in enumerate(self._file.items, 1):
            self._check_text(f"items {number}, text", entry.text)
            at = self._expression(f"items {number}, at", entry.at, RUN, ValueKind.SECONDS)
            made.append(OrderedItem(entry.text.strip(), at))
        return made

    def _moment(self) -> PlacedMoment:
        entry = self._file.moment
        assert entry is not None
        self._check_text("moment, text", entry.text)
        self._check_text("moment, lane", entry.lane)
        for key, amount in (("axis_s", entry.axis_s), ("tolerance_s", entry.tolerance_s)):
            if not 0 < amount < 1e6:
                raise LessonFileError(f"moment, {key}: {amount:g} is no length of time")
        at = self._expression("moment, at", entry.at, RUN, ValueKind.SECONDS)
        since = self._expression("moment, since", entry.since, RUN, ValueKind.SECONDS) if entry.since else None
        if entry.since_text and not entry.since:
            raise LessonFileError("moment, since_text: there is no key since, which it puts into words")
        return PlacedMoment(
            entry.text.strip(), entry.lane.strip(), at, since, entry.axis_s, entry.tolerance_s, entry.since_text.strip()
        )

    def _outcomes(self, kind: AnswerKind) -> tuple[LessonOutcome, ...]:
        file = self._file
        if not 1 <= file.runs <= MOST_RUNS:
            raise LessonFileError(f"runs: {file.runs} is no number of runs, 1 to {MOST_RUNS} are possible")
        if file.runs == 1:
            if file.outcomes:
                raise LessonFileError("outcomes: they belong to a lesson with more than one of runs")
            return ()
        if kind is not AnswerKind.CHOICE:
            raise LessonFileError(f'runs: a lesson with answer = "{kind}" runs once')
        self._check_count("outcomes", file.outcomes, 2, MOST_CHOICES)
        made = []
        for number, entry in enumerate(file.outcomes, 1):
            self._check_text(f"outcomes {number}, text", entry.text)
            holds = self._expression(f"outcomes {number}, holds", entry.holds, RUN, ValueKind.YES)
            made.append(LessonOutcome(entry.text.strip(), holds))
        return tuple(made)

    def _choices(self, kind: AnswerKind, items: int) -> tuple[Choice, ...]:
        file = self._file
        self._check_count("choices", file.choices, 2, MOST_CHOICES)
        if not 0 <= file.usual <= len(file.choices):
            raise LessonFileError(f"usual: there is no choice {file.usual}")
        made = []
        for number, entry in enumerate(file.choices, 1):
            place = f"choices {number}"
            self._check_text(f"{place}, text", entry.text)
            if number != file.usual:
                self._check_text(f"{place}, tempting", entry.tempting)
            made.append(self._choice(place, entry, kind, items))
        return tuple(made)

    def _choice(self, place: str, entry: ChoiceEntry, kind: AnswerKind, items: int) -> Choice:
        keys = (("holds", entry.holds, AnswerKind.CHOICE), ("order", entry.order, AnswerKind.ORDER),
                ("at", entry.at, AnswerKind.MOMENT))  # fmt: skip
        for key, given, of in keys:
            if given and kind is not of:
                raise LessonFileError(f'{place}, {key}: it belongs to a lesson with answer = "{of}"')
        for key, given, of in keys:
            if not given and kind is of:
                raise LessonFileError(f'{place}: there is no key {key}, which answer = "{of}" needs')
        text, tempting = entry.text.strip(), entry.tempting.strip()
        if kind is AnswerKind.ORDER:
            if sorted(entry.order) != list(range(1, items + 1)):
                raise LessonFileError(f"{place}, order: it must have each of the numbers 1 to {items} once")
            return Choice(text, tempting, order=tuple(number - 1 for number in entry.order))
        if kind is AnswerKind.MOMENT:
            return Choice(text, tempting, at=self._expression(f"{place}, at", entry.at, RUN, ValueKind.SECONDS))
        vocabulary = COUNTS if self._file.runs > 1 else RUN
        return Choice(text, tempting, self._expression(f"{place}, holds", entry.holds, vocabulary, ValueKind.YES))

    def _explanation(self) -> tuple[ExplanationPart, ...]:
        self._check_count("explanation", self._file.explanation, 1, _MOST_PARTS)
        return tuple(self._part(f"explanation {number}", one) for number, one in enumerate(self._file.explanation, 1))

    def _part(self, place: str, entry: ExplanationEntry) -> ExplanationPart:
        self._check_text(f"{place}, text", entry.text)
        self._check_line(f"{place}, line", entry.line)
        return ExplanationPart(
            entry.text.strip(),
            tuple(self._expression(f"{place}, text", found, RUN) for found in BRACES.findall(entry.text)),
            entry.line,
            self._expression(f"{place}, shows", entry.shows, RUN, *_ENTITIES) if entry.shows else None,
            self._expression(f"{place}, when", entry.when, RUN, ValueKind.YES) if entry.when else None,
        )

    def _change(self) -> ListingChange:
        entry = self._file.change
        self._check_text("change, text", entry.text)
        self._check_line("change, line", entry.line)
        if entry.code and not entry.line:
            raise LessonFileError("change: there is a code and no line, which says where it belongs")
        change = ListingChange(entry.text.strip(), entry.line, entry.code.rstrip())
        try:
            _compile(changed(self._listing, change))
        except LessonFileError as error:
            raise LessonFileError(f"change, code: with it the listing does not compile{str(error)[19:]}") from error
        return change

    def _harder(self) -> HarderQuestion:
        entry = self._file.harder
        self._check_text("harder, question", entry.question)
        self._check_text("harder, answer", entry.answer)
        return HarderQuestion(entry.question.strip(), entry.answer.strip())

    def _watch(self) -> tuple[str, ...]:
        for name in self._file.watch:
            if not name.isidentifier():
                raise LessonFileError(f"watch: {name!r} is not the name of a global")
        return tuple(self._file.watch)
