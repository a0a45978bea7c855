"""The report as JSON text, a piece at a time: the text that `json.dumps(report, indent=2)` gives, in less time and memory.

Pure functions on a timeline, any process. A report of a million tasks is a quarter of a gigabyte of text: it is never in memory
as a whole.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from json.encoder import encode_basestring_ascii as quoted
from types import NoneType

import msgspec

from workers.report.long_lists import LongList, Values
from workers.report.report import sections
from workers.timeline.timeline import Timeline

_WRITTEN_OTHERWISE = "[0.0000", ",0.0000", "-0.0000"
"""In a list of numbers that msgspec wrote: what json writes with an exponent."""


def report_pieces(timeline: Timeline, **more: object) -> Iterator[str]:
    """The text of the report, with a newline at its end. more: keys that are added to it.

    All that can fail is done before the first piece, so that a text which begins also ends.
    """
    yield from _pieces({**sections(timeline), **more}, "\n")
    yield "\n"


def _pieces(value: object, line: str) -> Iterator[str]:
    """A value of the report as text. line: how a line begins at this depth, after a line break."""
    if isinstance(value, LongList):
        before = "[" + line + "  "
        for block in value.blocks:
            yield before
            yield _block_text(value.keys, block, line + "  ")
            before = "," + line + "  "
        yield "[]" if before.startswith("[") else line + "]"
    elif isinstance(value, dict) and any(isinstance(one, LongList) for one in value.values()):
        before = "{"
        for key, one in value.items():
            yield f"{before}{line}  {quoted(key)}: "
            yield from _pieces(one, line + "  ")
            before = ","
        yield line + "}"
    else:
        yield _text(value, line)


def _text(value: object, line: str) -> str:
    """The text of a whole value. line: as for `_pieces`. With an indent json encodes in Python, and a list can be long."""
    if value and isinstance(value, dict):
        members = (f"{line}  {quoted(key)}: {_text(one, line + '  ')}" for key, one in value.items())
        return f"{{{','.join(members)}{line}}}"
    if value and isinstance(value, list | tuple):
        return f"[{line}  {f',{line}  '.join(_texts(value, line + '  '))}{line}]"
    return json.dumps(value)


def _block_text(keys: Sequence[str], block: Sequence[Values], line: str) -> str:
    """The elements of some records. What is the same text in all of them is put together once."""
    count = len(block[0])
    parts: list[Iterable[str]] = []
    same = "{"
    for key, values in zip(keys, block, strict=True):
        same += f"{line}  {quoted(key)}: "
        alike = _text_of_all(values)
        if alike is None:
            parts += [repeat(same, count), _texts(values, line + "  ")]
            same = ""
        else:
            same += alike
        same += ","
    end = f"{same[:-1]}{line}}}"
    parts.append(chain(repeat(f"{end},{line}", count - 1), (end,)))
    return "".join(chain.from_iterable(zip(*parts, strict=True)))


def _text_of_all(values: Values) -> str | None:
    """The JSON text of these values if that is the same for all of them; None where it is not, or that is not sure."""
    first = values[0]
    if values[-1] != first or values.count(first) < len(values):
        return None
    if first is None or type(first) is str:
        return json.dumps(first)
    if len(set(map(type, values))) > 1:
        return None  # 1 is equal to True and to 1.0
    if type(first) is float:
        return json.dumps(first) if first else None  # 0.0 is equal to -0.0
    return json.dumps(first) if type(first) in (bool, int) or not first else None  # [1] is equal to [True]


def _texts(values: Values, line: str) -> Iterable[str]:
    """The JSON text of each value."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return map(quoted, values)
    if kinds == {str, NoneType}:
        return ["null" if one is None else quoted(one) for one in values]
    if kinds <= {bool, int, NoneType}:
        return msgspec.json.encode(values)[1:-1].decode("ascii").split(",")
    if kinds <= {float, NoneType}:
        return _floats(values, missing=NoneType in kinds)
    return [_text(value, line) for value in values]


def _floats(values: Values, *, missing: bool) -> list[str]:
    """The JSON text of each. missing: some may be None."""
    text = msgspec.json.encode(values).decode("ascii")
    not_finite = text.count("null") != values.count(None) if missing else "n" in text
    if not_finite:
        return list(map(json.dumps, values))
    # Both write the shortest digits. Below 0.0001 and from 1e16 on they write them in another way; json does it as repr().
    if "e" in text or ("0.0000" in text and any(one in text for one in _WRITTEN_OTHERWISE)):
        return ["null" if one is None else repr(one) for one in values] if missing else list(map(repr, values))
    return text[1:-1].split(",")
