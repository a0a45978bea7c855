"""The user's marks, kept in a file beside the journals."""

from pathlib import Path

import pytest

from workers.runs import bookmarks
from workers.system.atomic_files import ExportError
from workers.timeline.model import Bookmark


def test_marks_come_back_as_they_were_by_time(tmp_path: Path) -> None:
    marks = [Bookmark(2_500_000_001, "späť \ud83d <b>\0"), Bookmark(1, "")]
    bookmarks.save(tmp_path, marks)
    assert bookmarks.load(tmp_path) == sorted(marks)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert bookmarks.load(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"{", b"7", b'{"at_s": 1}', b"[" * 100_000, b"\xff"])
def test_any_other_file_has_no_marks(content: bytes) -> None:
    assert bookmarks.parse(content) == []


def test_what_cannot_be_used_is_passed_over() -> None:
    content = b"""[1, {"at_s": true}, {"at_s": "1"}, {"at_s": NaN}, {"at_s": 1e400}, {"at_s": -1}, {"label": "x"},
                   {"at_s": 0.5, "label": 7}, {"at_s": 2, "label": "two"}]"""
    assert bookmarks.parse(content) == [Bookmark(500_000_000, ""), Bookmark(2_000_000_000, "two")]


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        bookmarks.save(tmp_path / "gone", [])
