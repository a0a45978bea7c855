"""Text in the cells of a terminal: how many it takes, cut or padded to a width, folded. Pure functions, any process.

A letter with its accents, a joined emoji or a flag is one cluster, which is never cut apart. `wcwidth` knows the clusters and
their widths. It is imported only for text that needs it, since that takes some 60 ms.
"""

import re
from collections.abc import Iterable, Iterator

ONE_CELL_EACH = re.compile(r"[ -~¡-¬®-˿‐-‧≈─-▟✕�]*")
"""ASCII, European letters, punctuation, and the signs of our own texts: a cell each, and never part of a cluster."""


def cells(text: str) -> int:
    """The number of cells that `text` takes: two for a wide letter or an emoji, none for an accent on another letter."""
    if text.isascii() or ONE_CELL_EACH.fullmatch(text):
        return len(text)
    import wcwidth

    return wcwidth.width(text, control_codes="ignore")


def cut(text: str, most: int) -> str:
    """`text` in at most `most` cells, with an ellipsis where something is missing."""
    if cells(text) <= most:
        return text
    taken, room = "", most - 1
    for cluster in _clusters(text):
        room -= cells(cluster)
        if room < 0:
            break
        taken += cluster
    return f"{taken}…"


def left(text: str, width: int) -> str:
    """`text` and blanks behind it."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """`text` and blanks before it."""
    return " " * (width - cells(text)) + text


def folded(parts: Iterable[str], between: str, width: int, indent: str = "") -> str:
    """The parts one after another in lines of at most `width` cells; a wider part has a line of its own. Every line but the
    first is indented."""
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


def _clusters(text: str) -> Iterator[str]:
    """The characters of `text`, each with what belongs to it."""
    if ONE_CELL_EACH.fullmatch(text):
        return iter(text)
    import wcwidth

    return wcwidth.iter_graphemes(text)
