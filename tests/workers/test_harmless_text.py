"""Text of others in a terminal: what acts on it is replaced, and joined emoji stay whole."""

import pytest

from workers.harmless_text import plain, plain_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Größe ✓ 日本", "Größe ✓ 日本"),
        ("a\x1b[2J\x07\r\n\x7f\x9b", "a�[2J�����"),
        ("\u202eabc\u2066\u200f\u2028", "�abc���"),
        ("\udcff\ufeff\xad", "���"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("a\u200db\U0001f469\u200d", "a�b\U0001f469�"),
    ],
)
def test_what_a_terminal_acts_on_is_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_lines_stay_lines() -> None:
    assert plain_lines("a\x1b\nb\u202e\n") == "a�\nb�\n"
