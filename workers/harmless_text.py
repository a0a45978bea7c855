"""Makes names, paths and messages harmless where they are shown: no character in them moves, hides or reorders anything.

Terminals act on control characters, and every display on those that turn the direction of writing around. Pure functions, any
process. What a recorded program prints itself is passed on as it is, and does not come here.
"""

import re

_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
JOINER = rf"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
"""A joiner inside an emoji that is made of several, as a pattern: the only invisible character that is kept."""
# Compiled when first used: a recorded program waits for what is done here before.
_LOOKED_AT = rf"(?P<joiner>{JOINER})|[^\x20-\x7e]"
_HARMFUL = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain(text: str) -> str:
    """`text` on one line, with ``�`` for every character that a terminal would act on or that hides or reorders others."""
    return text if text.isascii() and text.isprintable() else re.sub(_LOOKED_AT, _replaced, text)


def plain_lines(text: str) -> str:
    """The same for each line of `text`."""
    return plain(text) if "\n" not in text else "\n".join(map(plain, text.split("\n")))


def _replaced(match: re.Match[str]) -> str:
    from unicodedata import category  # a library of its own, and most texts need none

    return "�" if match["joiner"] is None and category(match[0]) in _HARMFUL else match[0]
