"""Lessons from folders: the good ones are read whole, and each broken one is a sentence that says where it is broken."""

import re
from pathlib import Path

import pytest

from resources.lessons import lessons_folder
from workers.errors import OpenError
from workers.lessons.lesson import AnswerKind
from workers.lessons.lesson_loading import load_lesson, load_lessons
from workers.lessons.run_words import COUNTS, RUN

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
    assert [lesson.number for lesson in loaded.lessons] == list(range(1, 16))
    assert {lesson.kind for lesson in loaded.lessons} == set(AnswerKind)
    assert max(lesson.runs for lesson in loaded.lessons) == 20


ORDER = """answer = "order"
items = [{text = "begin", at = 'program.target_began_s'}, {text = "end", at = 'program.exited_s'}]
"""
MOMENT = """answer = "moment"
[moment]
text = "the end"
lane = "program"
at = 'program.exited_s'
axis_s = 3
tolerance_s = 0.2
"""
FIRST_HOLDS = """holds = 'process("Process-1").exit_code == 0'"""


def with_answer(answer: str, key: str, other: str) -> str:
    """FILE with another kind of answer, and this key in the choices in place of `holds`."""
    head, _, rest = FILE.partition("[[choices]]")
    rest = rest.replace(FIRST_HOLDS, key).replace("""holds = 'process("Process-1").exit_code == 1'""", other)
    top, bracket, table = answer.partition("[moment]")
    return f"{head}{top}[[choices]]{rest}{bracket}{table}"


def without(part: str) -> str:
    """FILE without this."""
    assert part in FILE
    return FILE.replace(part, "", 1)


@pytest.mark.parametrize(("file", "said"), [
    ("title = ", "it is no TOML: invalid value (at end of document)"),
    ("title = 3\n" + FILE.partition("\n")[2], "title: a text in quotes is expected, and there is a whole number"),
    (without('title = "One process"'), "there is no key title, which each lesson needs"),
    (FILE.replace("title", "titel", 1), "the key titel means nothing here"),
    (without('text = "With 0"'), "choices 1: there is no key text, which it needs"),
    (FILE.replace('text = "With 1"', "text = true"), "choices 2, text: a text in quotes is expected, and there is true or false"),
    (FILE.replace("holds", "hold", 1), "choices 1: the key hold means nothing here"),
    (FILE.replace("line = 6", 'line = "6"'), "explanation 1, line: a whole number is expected, and there is a text in quotes"),
    (FILE.replace('"One process"', '" "'), "title: it is empty"),
    (FILE.replace('text = "With 1"', 'text = ""'), "choices 2, text: it is empty"),
    (without('tempting = "1 sounds like success."'), "choices 2, tempting: it is empty"),
    (FILE.replace("usual = 1", "usual = 3"), "usual: there is no choice 3"),
    (FILE.replace("usual = 1", "runs = 0"), "runs: 0 is no number of runs, 1 to 50 are possible"),
    (FILE.replace("usual = 1", "usual = 1\nruns = 20"), "outcomes: there are 0, and 2 to 4 are possible"),
    (FILE.replace("usual = 1", 'usual = 1\nanswer = "draw"'), "answer: 'draw' is none of choice, order, moment"),
    (FILE.replace("usual = 1", 'usual = 1\nanswer = "order"'), 'there is no items, which a lesson with answer = "order" needs'),
    (FILE.replace("usual = 1", "usual = 1\nwatch = ['a b']"), "watch: 'a b' is not the name of a global"),
    (FILE.replace(".exit_code == 0", ".exitcode == 0"), "choices 1, holds, column 1: a process has no exitcode; there are name"),
    (FILE.replace(".exit_code == 0'", ".exit_code'"), "choices 1, holds, column 1: this is a number and not a condition"),
    (without(FIRST_HOLDS), 'choices 1: there is no key holds, which answer = "choice" needs'),
    (FILE.replace(FIRST_HOLDS, "order = [1, 2]"), 'choices 1, order: it belongs to a lesson with answer = "order"'),
    (FILE.replace("{process(", "{proces("), "explanation 1, text, column 1: there is no proces()"),
    (FILE.replace("line = 6", "line = 7"), "explanation 1, line: the listing has no line 7, it has 6 lines"),
    (FILE.replace("shows = 'process(\"Process-1\")'", "shows = '1'"), "explanation 1, shows, column 1: this is a number and not"),
    (FILE.replace("line = 4", "line = 9"), "change, line: the listing has no line 9, it has 6 lines"),
    (FILE.replace("line = 4", "line = 0"), "change: there is a code and no line, which says where it belongs"),
    (FILE.replace("'    p = Process", "'  p = Process"), "change, code: with it the listing does not compile: "),
    (FILE.replace('"And if it is killed?"', '""'), "harder, question: it is empty"),
    (with_answer(ORDER, "order = [1, 2]", "order = [2, 2]"), "choices 2, order: it must have each of the numbers 1 to 2 once"),
    (with_answer(ORDER, "order = [1, 2]", ""), 'choices 2: there is no key order, which answer = "order" needs'),
    (with_answer(ORDER.replace("exited_s", "exited"), "order = [1, 2]", "order = [2, 1]"), "items 2, at, column 1: a process has no exited"),
    (with_answer(MOMENT, "at = '1'", "at = '2'"), "choices 1, at, column 1: this is a number and not a number of seconds"),
    (with_answer(MOMENT.replace("axis_s = 3", "axis_s = 3\nsince_text = 'later'"), "at = 'duration_s'", "at = 'duration_s'"), "moment, since_text: there is no key since, which it puts into words"),
    (with_answer(MOMENT.replace("axis_s = 3", "axis_s = 0"), "at = 'duration_s'", "at = 'duration_s'"), "moment, axis_s: 0 is no length of time"),
])  # fmt: skip
def test_a_broken_file_is_one_sentence_that_says_where(tmp_path: Path, file: str, said: str) -> None:
    write(tmp_path, "1-good")
    write(tmp_path, "2-broken", file)
    loaded = load_lessons(tmp_path)
    assert [lesson.id for lesson in loaded.lessons] == ["1-good"]
    (broken,) = loaded.broken
    assert broken.id == "2-broken"
    assert broken.sentence.startswith(f"2-broken/lesson.toml: {said}")
    assert broken.sentence.endswith(".")
    assert "\n" not in broken.sentence


@pytest.mark.parametrize(("listing", "said"), [
    ("", "it is empty"),
    ("\n" * 16 + "print(1)\n", "it has 17 lines, and a listing has at most 15"),
    ("x = 1\nprint(", "it does not compile: '(' was never closed in line 2"),
    ("print(1)\n  print(2)", "it does not compile: unexpected indent in line 2"),
    ("x = '\0'", "it does not compile: "),
    ("#" * 100_001, "it has more than 100,000 bytes"),
])  # fmt: skip
def test_a_broken_listing_is_one_sentence_that_says_where(tmp_path: Path, listing: str, said: str) -> None:
    with pytest.raises(OpenError) as caught:
        load_lesson(write(tmp_path, "1-broken", FILE, listing))
    assert str(caught.value).startswith(f"1-broken/listing.py: {said}")


def test_files_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    lesson = write(tmp_path, "1-broken")
    (lesson / "lesson.toml").write_bytes(b"title = '\xff'")
    assert load_lessons(tmp_path).broken[0].sentence == "1-broken/lesson.toml: it is no text in UTF-8."
    (lesson / "lesson.toml").unlink()
    (lesson / "lesson.toml").mkdir()
    assert load_lessons(tmp_path).broken[0].sentence == "1-broken/lesson.toml: there is no such file."
    (lesson / "listing.py").unlink()
    assert load_lessons(tmp_path).broken[0].sentence == "1-broken/listing.py: there is no such file."


def test_the_other_kinds_of_answers_are_read(tmp_path: Path) -> None:
    order = load_lesson(write(tmp_path, "1-order", with_answer(ORDER, "order = [1, 2]", "order = [2, 1]")))
    assert order.kind is AnswerKind.ORDER
    assert [item.text for item in order.items] == ["begin", "end"]
    assert [choice.order for choice in order.choices] == [(0, 1), (1, 0)]
    moment = load_lesson(write(tmp_path, "2-moment", with_answer(MOMENT, "at = 'duration_s'", "at = 'duration_s - 1'")))
    assert moment.moment is not None
    assert (moment.moment.lane, moment.moment.axis_s, moment.moment.tolerance_s) == ("program", 3, 0.2)
    assert moment.moment.since is None
    since = MOMENT.replace("axis_s = 3", "axis_s = 3\nsince = 'duration_s'\nsince_text = \"after the start\"")
    moment = load_lesson(write(tmp_path, "3-since", with_answer(since, "at = 'duration_s'", "at = 'duration_s - 1'")))
    assert moment.moment is not None
    assert moment.moment.since_text == "after the start"


def test_the_example_of_the_page_for_teachers_is_a_good_lesson(tmp_path: Path) -> None:
    page = (lessons_folder() / "README.md").read_text(encoding="utf-8")
    (listing,), (file,) = (re.findall(rf"^```{name}\n(.*?)^```$", page, re.M | re.S) for name in ("python", "toml"))
    lesson = load_lesson(write(tmp_path, "16-a-pool", file, listing))
    assert lesson.changed_listing != listing
    words = set(re.findall(r"`(\w+)(?:\(|`)", page))
    missing = {
        *RUN.names,
        *RUN.functions,
        *COUNTS.names,
        *COUNTS.functions,
        *(key for one in RUN.fields.values() for key in one),
    }
    assert missing - words == set()


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_lessons_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OpenError, match=r"There is no (folder|lesson)"):
        load_lessons(tmp_path / name)
