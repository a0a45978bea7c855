"""The lessons of the list: Procession's own, and those of a teacher's folder. The window's thread."""

from dataclasses import dataclass
from pathlib import Path

from desktop.panels.learn.learn_panel import LessonRow, Progress
from resources.lessons import lessons_folder
from workers.errors import OpenError
from workers.lessons.lesson import Lesson
from workers.lessons.lesson_loading import load_lessons
from workers.lessons.lesson_progress import LessonProgress, keep_answer, load_progress

_OWN = "Lessons"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A lesson, or the sentence on a broken one. group: the heading. at, of: its number in the group, and how many it has."""

    group: str
    lesson: Lesson | None
    broken: str = ""
    at: int = 0
    of: int = 0


class LessonList:
    """rows: for the list. sentence: how far the user has come; empty before the first answer."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._progress = LessonProgress()

    def load(self, folder: Path | None = None) -> list[str]:
        """Load the lessons and what was answered. Returns sentences on what could not be read."""
        self._progress = load_progress()
        said = [self._progress.problem] if self._progress.problem else []
        self._entries = []
        for group, where in ((_OWN, lessons_folder()), ("" if folder is None else f"From {folder.name}", folder)):
            if where is None:
                continue
            try:
                loaded = load_lessons(where)
            except OpenError as error:
                said.append(str(error))
                continue
            count = len(loaded.lessons)
            self._entries += [_Entry(group, one, at=at, of=count) for at, one in enumerate(loaded.lessons, 1)]
            self._entries += [_Entry(group, None, one.sentence) for one in loaded.broken]
        return said

    def keep(self, lesson: Lesson, right: bool | None) -> None:
        """Keep an answer. Raises ProcessionError where it cannot be written; it counts in this window all the same."""
        self._progress = LessonProgress({**self._progress.answered, lesson.key: right})
        self._progress = keep_answer(lesson, right)

    @property
    def rows(self) -> tuple[LessonRow, ...]:
        """One for each lesson, and for each that cannot be used."""
        return tuple(self._row(entry) for entry in self._entries)

    @property
    def count(self) -> int:
        """How many can be used."""
        return sum(entry.lesson is not None for entry in self._entries)

    @property
    def sentence(self) -> str:
        """How far the user has come; empty before the first answer."""
        lessons = [entry.lesson for entry in self._entries if entry.lesson is not None]
        answered = sum(self._progress.has(lesson) for lesson in lessons)
        if not answered:
            return ""
        if answered == len(lessons):
            return f"All {len(lessons)} lessons are answered. Any of them can be run again."
        return f"{answered} of {len(lessons)} lessons are answered. Go on with the next one."

    def lesson(self, number: int) -> Lesson | None:
        """The lesson of a row; None where there is none, or it is broken."""
        return self._entries[number].lesson if 0 <= number < len(self._entries) else None

    def number_of(self, lesson: Lesson) -> int:
        """The row of a lesson."""
        return next(at for at, entry in enumerate(self._entries) if entry.lesson is lesson)

    def where(self, lesson: Lesson) -> str:
        """Which lesson it is, in a few words."""
        entry = self._entries[self.number_of(lesson)]
        group = "" if entry.group == _OWN else f" {entry.group[0].lower()}{entry.group[1:]}"
        return f"Lesson {entry.at} of {entry.of}{group}"

    def is_own(self, lesson: Lesson) -> bool:
        """Whether it comes with Procession."""
        return self._entries[self.number_of(lesson)].group == _OWN

    def after(self, lesson: Lesson | None) -> int | None:
        """The row of the lesson to go on with: the first after this one that is not answered, from the first on again. None
        where all are answered; without an open lesson the first of all."""
        numbers = [at for at, entry in enumerate(self._entries) if entry.lesson is not None]
        start = -1 if lesson is None else self.number_of(lesson)
        ahead = [at for at in numbers if at > start] + [at for at in numbers if at <= start]
        found = next((at for at in ahead if at != start and not self._has(at)), None)
        return numbers[0] if found is None and lesson is None and numbers else found

    def _has(self, number: int) -> bool:
        lesson = self._entries[number].lesson
        return lesson is not None and self._progress.has(lesson)

    def _row(self, entry: _Entry) -> LessonRow:
        lesson = entry.lesson
        if lesson is None:
            return LessonRow(entry.group, entry.broken, Progress.BROKEN)
        text = f"{entry.at}. {lesson.title}"
        if not self._progress.has(lesson):
            return LessonRow(entry.group, text, Progress.OPEN)
        right = self._progress.right(lesson)
        return LessonRow(
            entry.group, text, {True: Progress.RIGHT, False: Progress.WRONG, None: Progress.UNDECIDED}[right]
        )
