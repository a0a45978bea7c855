"""The user's own copy of a lesson's program, to be changed and run. A file in the user's state folder. The window's thread."""

from pathlib import Path

from workers.errors import PlanError
from workers.lessons.lesson import Lesson
from workers.runs.run_folders import ensure_folder, state_folder
from workers.system.atomic_files import write_atomically


def write_copy(lesson: Lesson, text: str) -> Path:
    """Write the changed program, in place of an earlier copy. Raises ProcessionError with one sentence."""
    if not text.strip():
        raise PlanError("The copy of the program is empty.")
    folder, _ = ensure_folder(state_folder(), "lessons")
    path = folder / f"{lesson.id}.py"
    write_atomically(path, text.encode())
    return path
