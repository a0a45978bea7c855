"""``procession lessons``: lists the lessons, or runs them and tells what their runs say. The main thread. No Qt."""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.usage import NOT_WRITTEN, Parser
from desktop.cli.verb import CommandLineVerb
from workers.errors import CancelledError, PlanError

if TYPE_CHECKING:
    from desktop.cli.interrupts import Interrupts
    from desktop.cli.terminal import Terminal
    from workers.lessons.lesson import Lesson
    from workers.lessons.lesson_loading import LoadedLessons
    from workers.lessons.lesson_runs import LessonResult

_DESCRIPTION = """List the lessons, or run their programs and tell what happened. The right answer of a lesson comes from its
runs, so --json runs them, which takes about half a minute for all."""


def lessons(arguments: list[str]) -> int:
    """Carry out the command. Raises OpenError for a folder without lessons, PlanError for a lesson that there is not."""
    options = _parse(arguments)
    from desktop.cli.interrupts import Interrupts
    from desktop.cli.terminal import Terminal
    from workers.lessons.lesson_progress import load_progress
    from workers.lessons.lesson_runs import LessonResult
    from workers.lessons.lesson_text import broken_text, data, results_text, table

    loaded = _load(options.lessons)
    chosen = _chosen(loaded, options.lesson)
    terminal = Terminal(quiet=options.json)
    results = [LessonResult(lesson) for lesson in chosen]
    run = options.json if options.run is None else options.run
    if run:
        with Interrupts().caught() as interrupts:
            try:
                results = _run(chosen, options.python, interrupts, terminal)
            except CancelledError:
                return 128 + (interrupts.first or 0)
    width = shutil.get_terminal_size((100, 24)).columns
    if options.json:
        terminal.write(json.dumps(data(results, loaded.broken), indent=2) + "\n")
    else:
        terminal.write(results_text(results, width) if run else table(chosen, load_progress(), width))
    terminal.write(broken_text(loaded.broken), error=True)
    return NOT_WRITTEN if loaded.broken or any(result.problem for result in results) else 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser("procession lessons", allow_abbrev=False, description=_DESCRIPTION)
    parser.add_argument("lesson", nargs="*", metavar="LESSON", help="only these: by number or name; all unless given")
    parser.add_argument(
        "--lessons", metavar="FOLDER", type=Path, help="a folder with lessons of your own, which come after ours"
    )
    parser.add_argument("--run", action=argparse.BooleanOptionalAction, help="run them, or do not, as without --json")
    parser.add_argument("--python", default="", metavar="EXE", help="the Python to run them on; this one unless given")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    return parser.parse_args(arguments)


def _load(own: Path | None) -> "LoadedLessons":
    from resources.lessons import lessons_folder
    from workers.lessons.lesson_loading import LoadedLessons, load_lessons

    loaded = load_lessons(lessons_folder())
    if own is None:
        return loaded
    more = load_lessons(own)
    return LoadedLessons((*loaded.lessons, *more.lessons), (*loaded.broken, *more.broken))


def _chosen(loaded: "LoadedLessons", names: list[str]) -> "list[Lesson]":
    if not names:
        return list(loaded.lessons)
    chosen: list[Lesson] = []
    for name in names:
        found = [one for one in loaded.lessons if name == one.id or (name.isdecimal() and one.number == int(name))]
        if not found:
            for broken in loaded.broken:
                if name == broken.id:
                    raise PlanError(broken.sentence)
            raise PlanError(f"There is no lesson {name}: procession lessons lists them.")
        chosen += [one for one in found if one not in chosen]
    return chosen


def _run(
    chosen: "Sequence[Lesson]", python: str, interrupts: "Interrupts", terminal: "Terminal"
) -> "list[LessonResult]":
    from workers.lessons.lesson_runs import run_lessons

    planned = sum(lesson.runs for lesson in chosen)
    terminal.progress(f"Running the first of {planned} programs")

    def report(lesson: "Lesson", done: int, of: int) -> None:
        terminal.progress(f"{done} of {of} programs have run, the last one was {lesson.id}")

    try:
        return run_lessons(chosen, lambda: interrupts.count > 0, report, python)
    finally:
        terminal.clear()


VERB = CommandLineVerb("lessons", "list the lessons, or run them and tell what their runs say", lessons)
