"""Text in the cells of a terminal: wide letters, accents, joined emoji and flags, and what is cut and folded."""

import sys

import pytest
import wcwidth

from workers.report.text_cells import ONE_CELL_EACH, cells, cut, folded, left, right

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
GERMANY = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"
THUMB = "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"
HEART = "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"
E_ACUTE = "e\N{COMBINING ACUTE ACCENT}"
THAI = "\N{THAI CHARACTER KO KAI}\N{THAI CHARACTER SARA I}"  # a vowel above its consonant


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("abc", 3),
        ("", 0),
        ("日本", 4),
        ("한글", 4),
        ("ｱ", 1),
        (E_ACUTE, 1),
        ("é", 1),
        ("…", 1),
        (THAI, 1),
        (FAMILY, 2),
        (GERMANY, 2),
        (THUMB, 2),
        (HEART, 2),
        (f"a{FAMILY}b{GERMANY}日", 8),
    ],
)
def test_a_wide_letter_or_emoji_takes_two_cells_and_what_is_joined_to_it_none(text: str, count: int) -> None:
    assert cells(text) == count
    assert cells(left(text, 9)) == cells(right(text, 9)) == 9


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("äbcd", 3, "äb…"),
        ("日本語", 4, "日…"),
        ("日本", 4, "日本"),
        (f"{FAMILY}{FAMILY}", 4, f"{FAMILY}{FAMILY}"),
        (f"{FAMILY}{FAMILY}", 3, f"{FAMILY}…"),
        (f"{FAMILY}{FAMILY}", 2, "…"),
        (f"{GERMANY}{GERMANY}", 3, f"{GERMANY}…"),
        (f"{THUMB}{THUMB}", 3, f"{THUMB}…"),
        (f"{E_ACUTE}{E_ACUTE}{E_ACUTE}", 2, f"{E_ACUTE}…"),
    ],
)
def test_what_is_cut_says_so_is_never_wider_and_stays_whole(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown
    assert cells(shown) <= most


def test_parts_are_folded_and_none_is_lost() -> None:
    assert folded(("one", "two", "three"), " ", 8, "  ") == "one two\n  three"
    assert folded(("longer than the line",), " ", 4) == "longer than the line"
    assert folded((FAMILY, FAMILY, FAMILY), " ", 5) == f"{FAMILY} {FAMILY}\n{FAMILY}"


def test_what_is_counted_without_the_tables_has_one_cell_in_them() -> None:
    short_cut = [char for char in map(chr, range(sys.maxunicode + 1)) if ONE_CELL_EACH.fullmatch(char)]
    assert len(short_cut) > 700
    assert all(wcwidth.width(char) == 1 for char in short_cut)
    assert "".join(wcwidth.iter_graphemes("".join(short_cut))) == "".join(short_cut)
    assert len(list(wcwidth.iter_graphemes("".join(short_cut)))) == len(short_cut)
