"""Running lessons, with engines that start no process: what is reported, what fails, and how it is stopped."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.lesson_runs import asked, choosing, racing
from support.new_runs import new_run_folder
from support.recording import recording
from support.replay_engine import ReplayEngine

from workers.commands import StopRun
from workers.engines.engine import Runnable, RunResult
from workers.engines.script import Script
from workers.errors import CancelledError, PlanError, RunError
from workers.lessons.lesson import Lesson
from workers.lessons.lesson_runs import LessonResult, run_lessons
from workers.lessons.lesson_text import data, results_text
from workers.plan.plan import Plan, StartMethod, Workload
from workers.runs.run_folders import run_folders

PLAN = Plan.make([1000] * 2, Workload.SPIN, StartMethod.FORK)
GOOD = replace(choosing("all(p.exit_code == 0 for p in processes)", "duration_s < 0"), id="1-good")
MANY = replace(racing(), id="2-many", runs=3, outcomes=tuple(
    replace(one, holds=asked(f"count(processes) == {count}")) for one, count in zip(racing().outcomes, (2, 3), strict=True)
))  # fmt: skip


class LessonReplay(ReplayEngine):
    """A copy of a run that is over at once, or only once it is told to stop."""

    def __init__(self, folder: Path, *, held: bool = False, refusal: str = "", result: RunResult | None = None) -> None:
        copy = shutil.copytree(folder, new_run_folder(), dirs_exist_ok=True)
        super().__init__(copy, records=1000, refusal=refusal)
        self._held = held
        self._result = result or RunResult(True, 0)

    def wait(self, timeout_s: float) -> bool:
        return not self._held or any(isinstance(command, StopRun) for command in self.commands)

    def result(self) -> RunResult:
        return self._result


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The journals of a run that went well."""
    with recording(PLAN) as live:
        live.finish()
        yield live.run.folder


def go_on() -> bool:
    return False


def test_lessons_are_run_as_often_as_they_ask_for_and_judged(folder: Path) -> None:
    reported: list[tuple[str, int, int]] = []
    ran: list[Runnable] = []

    def factory(what: Runnable) -> LessonReplay:
        ran.append(what)
        return LessonReplay(folder)

    def report(lesson: Lesson, done: int, of: int) -> None:
        reported.append((lesson.id, done, of))

    good, many = run_lessons([GOOD, MANY], go_on, report, factory=factory)
    assert run_folders() == []
    assert good.verdict is not None
    assert many.verdict is not None
    assert (good.verdict.answer, many.verdict.answer, many.verdict.runs) == (0, 0, 3)
    assert (len(good.runs), len(many.runs)) == (1, 3)
    assert [(done, of) for _, done, of in reported] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert sorted(lesson for lesson, _, _ in reported) == ["1-good", "2-many", "2-many", "2-many"]
    assert all(isinstance(what, Script) and what.folder == what.path.parent for what in ran)
    assert [one.text for one in good.explanation] == ["So it is."]


@pytest.mark.parametrize(("engine", "said"), [
    ({"refusal": "There is no such place."}, "There is no such place."),
    ({"result": RunResult(False, None, ("python: no such file.",))}, "python: no such file."),
    ({"result": RunResult(False, None)}, "The program could not be started."),
    ({"result": RunResult(True, None, failure="the disk is full")}, "The recorder ended before the program did."),
])  # fmt: skip
def test_a_run_that_failed_has_no_answer_and_the_others_have(
    folder: Path, engine: dict[str, object], said: str
) -> None:
    begun = threading.Semaphore(1)

    def factory(what: Runnable) -> LessonReplay:
        return LessonReplay(folder, **engine) if begun.acquire(blocking=False) else LessonReplay(folder)  # type: ignore[arg-type]

    results = run_lessons([GOOD, replace(GOOD, id="3-also")], go_on, lambda *_: None, factory=factory)
    assert sorted(one.problem for one in results) == ["", said]
    assert sorted(one.verdict is None for one in results) == [False, True]
    assert sorted(entry["problem"] or "" for entry in data(results, ())["lessons"]) == ["", said]
    assert f"  {said}\n" in results_text(results, 80)


def test_a_stop_ends_the_runs_and_starts_no_more(folder: Path) -> None:
    engines: list[LessonReplay] = []

    def factory(what: Runnable) -> LessonReplay:
        engines.append(LessonReplay(folder, held=True))
        return engines[-1]

    lessons = [replace(GOOD, id=str(number)) for number in range(6)]
    with pytest.raises(CancelledError):
        run_lessons(lessons, lambda: len(engines) >= 2, lambda *_: None, factory=factory)
    assert 2 <= len(engines) <= 3
    assert all(engine.closed_by_user is not None for engine in engines)
    assert all(isinstance(engine.commands[0], StopRun) for engine in engines if engine.commands)


def test_a_python_that_cannot_be_recorded_is_refused_before_anything_runs(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nprintf 'cpython\\n3\\n8\\n%s\\n' \"$0\"\n")
    old.chmod(0o755)
    with pytest.raises(PlanError, match=r"is CPython 3\.8: it takes CPython 3\.9 or newer"):
        run_lessons([GOOD], go_on, lambda *_: None, str(old))
    with pytest.raises(RunError, match="no-such-user"):
        run_lessons([GOOD], go_on, lambda *_: None, "~no-such-user/python")


def with_question(lesson: Lesson, question: str) -> Lesson:
    return replace(lesson, question=question)


def test_a_result_on_a_terminal_is_folded_and_marks_the_right_answer() -> None:
    text = results_text([LessonResult(with_question(GOOD, "Which of these words is the last one? " * 3))], 40)
    assert max(map(len, text.splitlines())) <= 40
    assert text.startswith("1-good: Built\n  Which of these words is the last one?\n    Which of")
    assert "    1 choice 0\n    2 choice 1\n" in text
