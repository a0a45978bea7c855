"""Which lessons were answered: kept, read again, and a file that makes no sense is passed over with a sentence."""

from pathlib import Path

import pytest
from support.lesson_runs import lesson

from workers.lessons.lesson_progress import keep_answer, load_progress, progress_file

FIRST, SECOND = lesson(), lesson(id="02-other", path=Path("mine/02-other/listing.py"))


def test_answers_are_kept_with_those_of_other_windows() -> None:
    assert load_progress().answered == {}
    keep_answer(FIRST, False)
    keep_answer(SECOND, None)
    kept = keep_answer(FIRST, True)
    assert load_progress() == kept
    assert kept.answered == {"lessons/01-built": True, "mine/02-other": None}
    assert kept.has(SECOND)
    assert kept.right(SECOND) is None
    assert kept.right(FIRST) is True


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b'{"answered": 3}', b'{"other": {}}', b"\xff\xfe", b"[" * 100_000,
])  # fmt: skip
def test_a_file_that_makes_no_sense_is_passed_over_with_a_sentence(content: bytes) -> None:
    keep_answer(FIRST, True)
    progress_file().write_bytes(content)
    found = load_progress()
    assert found.answered == {}
    assert found.problem == f"The progress of the lessons in {progress_file()} makes no sense, and begins anew."
    assert keep_answer(SECOND, True).answered == {"mine/02-other": True}
    assert load_progress().problem == ""


def test_entries_that_make_no_sense_are_passed_over() -> None:
    keep_answer(FIRST, True)
    progress_file().write_text('{"answered": {"a": 1, "b": {"right": "yes"}, "c": {"right": true, "more": 1}}}')
    assert load_progress().answered == {"b": None, "c": True}
