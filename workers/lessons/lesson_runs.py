"""Runs lessons without a window: each listing on a chosen Python, two at a time, and what the runs say. Waits in its threads.

Each engine belongs to the thread that made it. The runs are removed once they are read: they are the lessons', not the user's.
"""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from workers.commands import StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, EngineFactory, Runnable, now_ns
from workers.engines.interpreter import recordable
from workers.engines.script import Script
from workers.engines.whole_run import timeline_of
from workers.errors import CancelledError, ProcessionError, RunError
from workers.lessons.explaining import ExplainedPart, explain
from workers.lessons.judging import Verdict, judge
from workers.lessons.lesson import Lesson
from workers.runs.trash import discard
from workers.timeline.timeline import Timeline

AT_ONCE = 2
LIMIT_S = 60.0
"""A listing that runs longer is ended: it is meant to take three seconds."""
_WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class LessonResult:
    """What the runs of one lesson say.

    verdict: None where it was not run. problem: why it could not be, as a sentence. runs: in the order in which they ended.
    """

    lesson: Lesson
    verdict: Verdict | None = None
    explanation: tuple[ExplainedPart, ...] = ()
    problem: str = ""
    runs: tuple[Timeline, ...] = ()


Stopped = Callable[[], bool]
"""Whether the user wants it to end. Asked often, from several threads."""


def quietly(what: Runnable) -> Engine:
    """The engine of a run whose output goes nowhere but into its journals."""
    return make_engine(what)


def run_lessons(
    lessons: Sequence[Lesson],
    stopped: Stopped,
    report: Callable[[Lesson, int, int], object],
    python: str = "",
    factory: EngineFactory = quietly,
) -> list[LessonResult]:
    """Run each lesson as often as it asks for, and judge the runs.

    report: given a lesson after each of its runs, the number of runs that are done, and of all.
    python: the interpreter; empty for the one that runs us.
    Raises CancelledError when it was stopped, and PlanError or RunError for an interpreter that cannot be recorded.
    """
    chosen = recordable(_absolute(python) if python else sys.executable)
    planned = [(number, lesson) for number, lesson in enumerate(lessons) for _ in range(lesson.runs)]
    made: list[list[Timeline]] = [[] for _ in lessons]
    problems = [""] * len(lessons)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="lesson") as pool:
        futures: dict[Future[Timeline], int] = {
            pool.submit(_run, lesson, chosen, stopped, factory): number for number, lesson in planned
        }
        for done, future in enumerate(as_completed(futures), 1):
            number = futures[future]
            try:
                made[number].append(future.result())
            except CancelledError:
                continue
            except ProcessionError as error:
                problems[number] = problems[number] or str(error)
            report(lessons[number], done, len(planned))
    if stopped():
        raise CancelledError("The lessons were stopped.")
    return [_result(*one) for one in zip(lessons, made, problems, strict=True)]


def _absolute(python: str) -> str:
    """A path as it is meant here: the listings run in folders of their own. A command as it is."""
    return str(Path(os.path.expanduser(python)).absolute()) if os.path.dirname(python) else python


def _result(lesson: Lesson, runs: list[Timeline], problem: str) -> LessonResult:
    if problem or not runs:
        return LessonResult(lesson, problem=problem or "It was not run.")
    return LessonResult(lesson, judge(lesson, runs), explain(lesson, runs[-1]), runs=tuple(runs))


def _run(lesson: Lesson, python: str, stopped: Stopped, factory: EngineFactory) -> Timeline:
    """One run. Raises CancelledError, or another ProcessionError for a run that failed."""
    if stopped():
        raise CancelledError("The lessons were stopped.")
    engine = factory(Script(lesson.path, (), lesson.path.parent, python, lesson.watch))
    try:
        engine.start()
        began_ns, asked = now_ns(), False
        while not engine.wait(_WAIT_S):
            late = (now_ns() - began_ns) / 1e9 > LIMIT_S
            if not asked and (late or stopped()):
                engine.command(StopRun())
                asked = True
        timeline = timeline_of(engine)
        problem = _problem(engine)
    finally:
        engine.close()
        _remove(engine)
    if stopped():
        raise CancelledError("The lessons were stopped.")
    if asked:
        raise RunError(f"{lesson.path.name} ran for more than {LIMIT_S:.0f} seconds, and was ended.")
    if problem:
        raise RunError(problem)
    return timeline


def _problem(engine: Engine) -> str:
    """Why nothing can be said of a run, as a sentence; empty for one that was recorded to its end."""
    result = engine.result()
    if engine.lost or result.failure:
        return "The recorder ended before the program did."
    return "" if result.launched else " ".join(result.warnings) or "The program could not be started."


def _remove(engine: Engine) -> None:
    try:
        discard(engine.folder)
    except (RunError, AssertionError):
        pass  # it stays among the kept runs, or was never begun
