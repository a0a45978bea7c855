"""Texts in the order that people expect: in any case, and numbers by their value. Pure functions, any process."""

import re

_NUMBER = re.compile(r"\d+")
_DIGITS = 20


def natural_text(text: str) -> str:
    """What a text sorts by: Process-2 comes before Process-10."""
    return _NUMBER.sub(_padded, text.casefold())


def _padded(match: re.Match[str]) -> str:
    return match[0].zfill(_DIGITS)
