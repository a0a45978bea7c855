"""Text in the cells of a terminal: wide letters, accents, what is cut and folded."""

import pytest

from workers.report.text_cells import cells, cut, folded, left, right


@pytest.mark.parametrize(("text", "count"), [("abc", 3), ("", 0), ("日本", 4), ("e\u0301", 1), ("é", 1), ("…", 1)])
def test_a_wide_letter_takes_two_cells_and_an_accent_none(text: str, count: int) -> None:
    assert cells(text) == count
    assert cells(left(text, 9)) == cells(right(text, 9)) == 9


@pytest.mark.parametrize(
    ("text", "most", "seen"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 4, "日…"), ("日本", 4, "日本")]
)
def test_what_is_cut_says_so_and_is_never_wider(text: str, most: int, seen: str) -> None:
    assert cut(text, most) == seen


def test_parts_are_folded_and_none_is_lost() -> None:
    assert folded(("one", "two", "three"), " ", 8, "  ") == "one two\n  three"
    assert folded(("longer than the line",), " ", 4) == "longer than the line"
