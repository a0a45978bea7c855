"""Loads lessons from a folder: the good ones, and one sentence for each broken one. Reads files, runs nothing; any thread.

A lesson is a folder with ``listing.py`` and ``lesson.toml``.
"""

from dataclasses import dataclass
from pathlib import Path

from workers.errors import OpenError
from workers.lessons.lesson import Lesson
from workers.lessons.lesson_file import LessonFileError, read_lesson_file
from workers.lessons.lesson_making import LISTING, checked_listing, make_lesson
from workers.natural_text import natural_text

LESSON = "lesson.toml"
_MOST_BYTES = 100_000
_MOST_LESSONS = 1_000


@dataclass(frozen=True, slots=True)
class BrokenLesson:
    """A lesson that cannot be used. id: the name of its folder. sentence: what is wrong with it, and where."""

    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LoadedLessons:
    """The lessons of a folder, in the order of their names."""

    lessons: tuple[Lesson, ...]
    broken: tuple[BrokenLesson, ...]


def load_lessons(folder: Path) -> LoadedLessons:
    """The lessons in the folders in `folder`, or the one that `folder` itself is. Raises OpenError where there is none."""
    try:
        if not folder.is_dir():
            raise OpenError(f"There is no folder {folder}.")
        inside = [folder] if _is_lesson(folder) else sorted(
            (one for one in folder.iterdir() if _is_lesson(one)), key=lambda one: natural_text(one.name)
        )  # fmt: skip
    except OSError as error:
        raise OpenError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not inside:
        raise OpenError(f"There is no lesson in {folder}: a lesson is a folder with {LISTING} and {LESSON} in it.")
    lessons, broken = [], []
    for one in inside[:_MOST_LESSONS]:
        try:
            lessons.append(load_lesson(one.absolute()))
        except OpenError as error:
            broken.append(BrokenLesson(one.name, str(error)))
    return LoadedLessons(tuple(lessons), tuple(broken))


def load_lesson(folder: Path) -> Lesson:
    """The lesson in one folder. Raises OpenError with one sentence."""
    name = LISTING
    try:
        listing = checked_listing(_text(folder / LISTING))
        name = LESSON
        return make_lesson(folder, listing, read_lesson_file(_text(folder / LESSON).encode()))
    except LessonFileError as error:
        raise OpenError(f"{folder.name}/{name}: {error}.") from error


def _is_lesson(folder: Path) -> bool:
    return (folder / LISTING).exists() or (folder / LESSON).exists()


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise LessonFileError("there is no such file")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise LessonFileError(f"it has more than {_MOST_BYTES:,} bytes")
        return content.decode()
    except OSError as error:
        raise LessonFileError(f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise LessonFileError("it is no text in UTF-8") from error
