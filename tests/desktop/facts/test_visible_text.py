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
    ],
)
def test_invisible_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
