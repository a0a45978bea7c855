"""Which lessons were answered, kept in the user's state folder in `lessons.json`. Any process and thread, no Qt.

The file is ``{"answered": {"lessons/01-start-returns-at-once": {"right": true}}}``. What makes no sense in it is passed over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workers.lessons.lesson import Lesson
from workers.runs.run_folders import ensure_folder, state_folder
from workers.system.atomic_files import write_atomically

_FILE = "lessons.json"
_MOST_BYTES = 1_000_000
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """The lessons that were answered.

    answered: by the key of a lesson, whether the last answer was right; None where its run did not tell.
    problem: why the file could not be read, as a sentence; empty if it could.
    """

    answered: Mapping[str, bool | None] = field(default_factory=dict)
    problem: str = ""

    def has(self, lesson: Lesson) -> bool:
        """Whether a lesson was answered."""
        return lesson.key in self.answered

    def right(self, lesson: Lesson) -> bool | None:
        """Whether its last answer was right; None where that is not known."""
        return self.answered.get(lesson.key)


def progress_file() -> Path:
    """Where progress is kept; the file need not exist."""
    return state_folder() / _FILE


def load_progress() -> LessonProgress:
    """The progress so far; none where there is no such file."""
    path = progress_file()
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
        entries = json.loads(content)["answered"]
        answered = {
            key: right if isinstance(right := one.get("right"), bool) else None
            for key, one in list(entries.items())[:_MOST_ENTRIES]
            if isinstance(one, dict)
        }
    except FileNotFoundError:
        return LessonProgress()
    except OSError as error:
        return LessonProgress(problem=f"The progress of the lessons cannot be read from {path}: {error.strerror}.")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return LessonProgress(problem=f"The progress of the lessons in {path} makes no sense, and begins anew.")
    return LessonProgress(answered)


def keep_answer(lesson: Lesson, right: bool | None) -> LessonProgress:
    """Add an answer to what is kept by now, by other windows too. Raises ExportError or RunError, and the file is as it was."""
    progress = LessonProgress({**load_progress().answered, lesson.key: right})
    ensure_folder(progress_file().parent)
    entries = {key: {"right": value} for key, value in progress.answered.items()}
    write_atomically(progress_file(), (json.dumps({"answered": entries}, indent=1) + "\n").encode())
    return progress
