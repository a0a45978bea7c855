"""Lessons from folders: the good ones are read whole, and each broken one is a sentence that says where it is broken."""

from pathlib import Path

import pytest

from resources.lessons import lessons_folder
from workers.errors import OpenError
from workers.lessons.lesson import AnswerKind
from workers.lessons.lesson_loading import load_lesson, load_lessons

LISTING = """from multiprocessing import Process

if __name__ == "__main__":
    p = Process(target=print, args=("hello",))
    p.start()
    p.join()
"""
FILE = """title = "One process"
question = "How does it end?"
usual = 1

[[choices]]
text = "With 0"
holds = 'process("Process-1").exit_code == 0'

[[choices]]
text = "With 1"
holds = 'process("Process-1").exit_code == 1'
tempting = "1 sounds like success."

[[explanation]]
text = 'It was {process("Process-1").exit_code}.'
line = 6
shows = 'process("Process-1")'

[change]
text = "Print something else."
line = 4
code = '    p = Process(target=print, args=("bye",))'

[harder]
question = "And if it is killed?"
answer = "Then the code is negative."
"""


def write(folder: Path, name: str, file: str = FILE, listing: str = LISTING) -> Path:
    lesson = folder / name
    lesson.mkdir(parents=True)
    (lesson / "lesson.toml").write_text(file, encoding="utf-8")
    (lesson / "listing.py").write_text(listing, encoding="utf-8")
    return lesson


def test_a_lesson_is_read_whole(tmp_path: Path) -> None:
    lesson = load_lesson(write(tmp_path, "07-one"))
    assert (lesson.id, lesson.number, lesson.title, lesson.usual) == ("07-one", 7, "One process", 0)
    assert lesson.kind is AnswerKind.CHOICE
    assert lesson.listing == LISTING
    assert [choice.text for choice in lesson.choices] == ["With 0", "With 1"]
    assert lesson.choices[1].tempting == "1 sounds like success."
    assert lesson.changed_listing.splitlines()[3] == '    p = Process(target=print, args=("bye",))'
    assert len(lesson.changed_listing.splitlines()) == 6
    assert lesson.harder.answer == "Then the code is negative."


def test_lessons_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10-late", "9-early", "2-first"):
        write(tmp_path, name)
    (tmp_path / "no lesson").mkdir()
    assert [lesson.id for lesson in load_lessons(tmp_path).lessons] == ["2-first", "9-early", "10-late"]


def test_our_own_lessons_are_good() -> None:
    loaded = load_lessons(lessons_folder())
    assert loaded.broken == ()
    assert len(loaded.lessons) >= 2


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_lessons_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OpenError, match=r"There is no (folder|lesson)"):
        load_lessons(tmp_path / name)
