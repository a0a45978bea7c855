"""``procession lessons`` before anything runs: the list, a choice of lessons, and each wrong input as one sentence."""

import json
from pathlib import Path

import pytest

from desktop.cli.command_line import main
from resources.lessons import lessons_folder
from workers.lessons.lesson_loading import load_lessons
from workers.lessons.lesson_progress import keep_answer


def test_the_list_has_a_line_for_each_lesson_and_says_which_were_answered(capsys: pytest.CaptureFixture[str]) -> None:
    lessons = load_lessons(lessons_folder()).lessons
    keep_answer(lessons[1], False)
    assert main(["lessons"]) == 0
    heads, *lines = capsys.readouterr().out.splitlines()
    assert heads.split() == ["lesson", "title", "answer", "runs", "progress"]
    assert len(lines) == len(lessons) == 15
    assert all(lesson.title[:40] in line for lesson, line in zip(lessons, lines, strict=True))
    assert [line.endswith("answered, not right") for line in lines] == [at == 1 for at in range(15)]


def test_data_without_a_run_has_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lessons", "--json", "--no-run", "4", "07-exit-codes"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in said["lessons"]] == ["04-without-join", "07-exit-codes"]
    assert all(one["answer"] is None and len(one["choices"]) >= 3 for one in said["lessons"])
    assert said["lessons"][1]["listing"] == (lessons_folder() / "07-exit-codes" / "listing.py").read_text()
    assert said["broken"] == []


def test_a_broken_lesson_of_a_folder_is_one_sentence_and_the_others_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "99-mine").mkdir()
    (tmp_path / "99-mine" / "listing.py").write_text("print(1)")
    assert main(["lessons", "--lessons", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 16
    assert said.err == "99-mine/lesson.toml: there is no such file.\n"
    assert main(["lessons", "--lessons", str(tmp_path), "99-mine"]) == 2
    assert capsys.readouterr().err == "procession: 99-mine/lesson.toml: there is no such file.\n"


@pytest.mark.parametrize(("arguments", "part"), [
    (["--lessons", "nowhere"], "There is no folder nowhere."),
    (["--lessons", "empty"], "There is no lesson in empty: a lesson is a folder with listing.py and lesson.toml in it."),
    (["99"], "There is no lesson 99: procession lessons lists them."),
    (["start"], "There is no lesson start"),
    (["--run", "--python", "no-such-python", "7"], "no-such-python"),
])  # fmt: skip
def test_what_cannot_be_listed_is_one_sentence(
    arguments: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["lessons", *arguments]) in (2, 3)
    said = capsys.readouterr()
    assert said.out == ""
    assert part in said.err
    assert len(said.err.splitlines()) == 1
