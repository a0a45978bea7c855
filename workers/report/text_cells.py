"""How text stands in the cells of a terminal: how many it takes, cut and padded to so many, folded. Pure functions, any
process."""

import unicodedata
from collections.abc import Iterable


def cells(text: str) -> int:
    """How many cells a terminal needs for `text`: two for a wide letter, none for an accent that stands on another."""
    if text.isascii():
        return len(text)
    return sum(map(_of_one, text))


def cut(text: str, most: int) -> str:
    """`text` in at most so many cells, with an ellipsis where something is missing."""
    if cells(text) <= most:
        return text
    taken, room = "", most - 1
    for char in text:
        room -= _of_one(char)
        if room < 0:
            break
        taken += char
    return f"{taken}…"


def left(text: str, width: int) -> str:
    """`text` and blanks behind it."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """`text` and blanks before it."""
    return " " * (width - cells(text)) + text


def folded(parts: Iterable[str], between: str, width: int, indent: str = "") -> str:
    """The parts one after another, in lines of at most `width` cells where no part is wider; later lines are indented."""
    lines: list[str] = []
    line = ""
    for part in parts:
        longer = f"{line}{between}{part}" if line else part
        if line and cells(longer) > width:
            lines.append(line.rstrip())
            line = indent + part
        else:
            line = longer
    return "\n".join([*lines, line.rstrip()])


def _of_one(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
