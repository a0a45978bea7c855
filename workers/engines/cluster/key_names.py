"""The name of a task from its key, as Dask's own displays form it. Any process and thread; Dask itself is not imported.

A key is ``name-token``, ``name-token-number`` or the text of a tuple that begins with one of these: ``('name-token', 0, 1)``.
"""

import re

_TUPLE = re.compile(r"""^\(\s*(?:'([^']*)'|"([^"]*)")""")
_TOKEN = re.compile(r"^[0-9a-f]{6,}$")
_UUID = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=-|$)")
_LONGEST = 100


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
