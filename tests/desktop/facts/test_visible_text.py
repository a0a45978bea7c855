"""Text of the recorded program: characters that cannot be seen are written out."""

import pytest

from desktop.facts.visible_text import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Größe ✓", "Größe ✓"),
        ("a\x1b[31mred", "a‹ESC›[31mred"),
        ("a\tb", "a→ b"),
        ("nul\0", "nul‹NUL›"),
        ("\x7f", "‹DEL›"),
        ("\u202eabc", "‹U+202E›abc"),
        ("\x9b", "‹U+009B›"),
        ("\udcff", "‹FF›"),
        ("<img src=x>", "<img src=x>"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("a\u200db", "a‹U+200D›b"),
        ("\U0001f469\u200d", "\U0001f469‹U+200D›"),
    ],
)
def test_invisible_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
