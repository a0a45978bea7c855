"""All lessons with real runs, on the present and the newest Python: each choice is taken, and recording changes no output.

All run side by side, since they mostly sleep. A machine that is very busy can contradict a lesson: then that one runs again.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.commands import PROCESSION, procession
from support.interpreters import interpreters
from support.waiting import LIMIT_S, wait_until

from resources.lessons import lessons_folder
from workers.lessons.judging import Prediction, Verdict, assess
from workers.lessons.lesson import AnswerKind, Lesson
from workers.lessons.lesson_loading import load_lessons
from workers.lessons.lesson_runs import LessonResult, run_lessons
from workers.runs.run_folders import run_folders

LESSONS = [replace(one, runs=min(one.runs, 2)) for one in load_lessons(lessons_folder()).lessons]
PRESENT = sys.version_info[:2]
PYTHONS = {version: interpreters()[version] for version in {PRESENT, max(interpreters())}}
FORKSERVER = sys.platform == "linux"
TURNS = 3
RACE = "04-without-join"
Printed = dict[str, list[str]]


def plain_output(lesson: Lesson, python: str) -> list[str]:
    """What its listing prints without Procession, sorted: the lines of several processes have no order."""
    done = subprocess.run(
        [python, str(lesson.path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return sorted(done.stdout.splitlines())


def recorded_output(result: LessonResult) -> list[str]:
    return sorted(line.text for line in result.runs[-1].lines if line.stream == "stdout")


def settled(result: LessonResult, printed: list[str]) -> bool:
    """Whether it went as it does on a machine that is not very busy."""
    verdict = result.verdict
    return verdict is not None and verdict.as_usual is not False and verdict.answer is not None and (
        recorded_output(result) == printed
    )  # fmt: skip


def run_until_settled(python: str) -> tuple[dict[str, LessonResult], Printed]:
    """The results by lesson, and what each listing prints alone."""
    results: dict[str, LessonResult] = {}
    printed: Printed = {}
    left: Sequence[Lesson] = LESSONS
    for _ in range(TURNS):
        with ThreadPoolExecutor(2) as pool:
            alone = {lesson.id: pool.submit(plain_output, lesson, python) for lesson in left}
            made = run_lessons(left, lambda: False, lambda lesson, done, of: None, python)
            printed |= {key: output.result() for key, output in alone.items()}
        results |= {result.lesson.id: result for result in made}
        left = [lesson for lesson in left if not settled(results[lesson.id], printed[lesson.id])]
        if not left:
            break
    return results, printed


@pytest.fixture(scope="module")
def ran() -> dict[tuple[int, int], tuple[dict[str, LessonResult], Printed]]:
    """The results of all lessons on each Python."""
    with ThreadPoolExecutor(len(PYTHONS)) as pool:
        return dict(zip(PYTHONS, pool.map(run_until_settled, PYTHONS.values()), strict=True))


def predictions(lesson: Lesson, verdict: Verdict) -> list[Prediction]:
    """One for each choice, as the learner would draw or choose it."""
    match lesson.kind:
        case AnswerKind.ORDER:
            return [Prediction(order=choice.order) for choice in lesson.choices]
        case AnswerKind.MOMENT:
            return [Prediction(moment_s=mark) for mark in verdict.marks_s]
    return [Prediction(choice=number) for number in range(len(lesson.choices))]


@pytest.mark.parametrize("version", PYTHONS, ids=lambda version: "python{}.{}".format(*version))
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_each_choice_of_each_lesson_is_told_right_or_wrong_by_the_run(
    ran: dict[tuple[int, int], tuple[dict[str, LessonResult], Printed]], version: tuple[int, int], lesson: Lesson
) -> None:
    result = ran[version][0][lesson.id]
    verdict = result.verdict
    assert verdict is not None, result.problem
    assert verdict.answer is not None, verdict.sentence
    assert (verdict.runs, verdict.unclear) == (lesson.runs, 0)
    assert verdict.as_usual is (None if lesson.usual is None else True), verdict.sentence
    found = [assess(lesson, verdict, one) for one in predictions(lesson, verdict)]
    assert [one.right for one in found] == [number == verdict.answer for number in range(len(lesson.choices))]
    assert [one.tempting for one in found] == [
        "" if one.right else choice.tempting for one, choice in zip(found, lesson.choices, strict=True)
    ]
    assert 2 <= len(result.explanation) <= 3
    assert all("(not seen)" not in part.text for part in result.explanation)
    assert all(part.process or part.call or part.printed for part in result.explanation)


@pytest.mark.parametrize("version", PYTHONS, ids=lambda version: "python{}.{}".format(*version))
def test_recording_changes_nothing_that_a_listing_prints(
    ran: dict[tuple[int, int], tuple[dict[str, LessonResult], Printed]], version: tuple[int, int]
) -> None:
    results, printed = ran[version]
    assert {key: recorded_output(result) for key, result in results.items()} == printed
    assert all(printed.values())


@pytest.mark.parametrize("version", PYTHONS, ids=lambda version: "python{}.{}".format(*version))
def test_lessons_on_start_methods_tell_the_truth_of_the_python_they_run_on(
    ran: dict[tuple[int, int], tuple[dict[str, LessonResult], Printed]], version: tuple[int, int]
) -> None:
    program = "import multiprocessing; print(multiprocessing.get_start_method())"
    asked = subprocess.run(
        [PYTHONS[version], "-c", program], capture_output=True, text=True, check=True, timeout=LIMIT_S
    )
    method = asked.stdout.strip()
    answers = {key: one.verdict.answer for key, one in ran[version][0].items() if one.verdict is not None}
    assert answers["09-start-methods"] == ["fork", "spawn", "forkserver"].index(method)
    assert answers["05-who-is-who"] == (3 if method == "forkserver" else 1)
    assert answers["13-finished-but-not-reaped"] == (0 if method == "forkserver" else 1)


def test_the_command_runs_a_lesson_and_keeps_nothing_of_its_runs() -> None:
    done = procession("lessons", "--json", "7", "9")
    assert done.code == 0, done.err
    exits, methods = json.loads(done.out)["lessons"]
    assert exits["choices"][exits["answer"]].startswith("-15")
    assert exits["listing"] == (lessons_folder() / "07-exit-codes" / "listing.py").read_text()
    assert "SIGTERM" in exits["explanation"]
    assert exits["verdict"] == "So it was: -15, the negative number of the signal."
    assert methods["answer"] in (0, 1, 2)
    assert (exits["runs"], exits["problem"], done.err) == (1, None, "")
    assert run_folders() == []


def test_an_interrupt_ends_the_lessons_and_what_they_run(tmp_path: Path) -> None:
    lesson = tmp_path / "1-long"
    lesson.mkdir()
    source = lessons_folder() / "01-start-returns-at-once"
    (lesson / "lesson.toml").write_text((source / "lesson.toml").read_text())
    began = tmp_path / "began"
    listing = (source / "listing.py").read_text()
    before, slept, after = listing.partition("    time.sleep(1)")
    assert slept
    (lesson / "listing.py").write_text(f"{before}    time.sleep(600 * (not open({str(began)!r}, 'w').close())){after}")
    with subprocess.Popen(
        [*PROCESSION, "lessons", "--run", "--lessons", str(tmp_path), "1-long"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as command:  # fmt: skip
        wait_until(began.exists)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=LIMIT_S)
    assert (command.returncode, out, err) == (130, b"", b"")
    assert run_folders() == []
