"""The name of a task from its key, as Dask's own displays form it, and keys that differ by a number alone.

Any process and thread; Dask itself is not imported.

A key is ``name-token``, ``name-token-number`` or the text of a tuple that begins with one of these: ``('name-token', 0, 1)``.
"""

import re

_TUPLE = re.compile(r"""^\(\s*(?:'([^']*)'|"([^"]*)")""")
_TOKEN = re.compile(r"^[0-9a-f]{6,}$")
_UUID = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=-|$)")
_LONGEST = 100
_COUNTED = re.compile(r"-([0-9]+)$")
_PLACED = re.compile(r"""^\(\s*(?:'[^']*'|"[^"]*")((?:,\s*[0-9]+)+),?\s*\)$""")
_DIGITS = re.compile(r"[0-9]+")
_MOST_DIGITS = 9
_LONGEST_SHARED = 500


def name_of_key(key: str) -> str:
    """``inc`` for ``inc-f8…``; the key itself where no part of it is a name."""
    match = _TUPLE.match(key)
    text = _UUID.sub("", (match[1] or match[2] or key) if match else key)
    parts = text.split("-")
    words: list[str] = []
    for part in parts:
        if words and (part.isdigit() or (_TOKEN.match(part) and any(letter.isdigit() for letter in part))):
            break
        words.append(part)
    return "-".join(words)[:_LONGEST] or key[:_LONGEST]


def key_parts(key: str) -> tuple[str, int]:
    """A key as a text that it may share with many others, and its number there plus one.

    The text has a zero character in the number's place. The number is 0 where the key has none: the text is the whole key.
    """
    if len(key) > _LONGEST_SHARED or "\0" in key:
        return key, 0
    counted = _COUNTED.search(key)
    if counted is not None:
        low, high = counted.span(1)
    else:
        placed = _PLACED.match(key)
        if placed is None:
            return key, 0
        # Of the places in an array the one with the most digits: the others are more likely to be those of other keys as well.
        low, high = max((one.span() for one in _DIGITS.finditer(key, placed.start(1))), key=lambda one: one[1] - one[0])
    digits = key[low:high]
    if len(digits) > _MOST_DIGITS or (digits[0] == "0" and digits != "0"):
        return key, 0
    return f"{key[:low]}\0{key[high:]}", int(digits) + 1
