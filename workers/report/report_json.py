"""The report as JSON text, a piece at a time: the text that `json.dumps(report, indent=2)` gives, in less time and memory.

Pure functions on a timeline, any process. A report of a million tasks is a quarter of a gigabyte of text: it is never in memory
as a whole.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from json.encoder import encode_basestring_ascii as quoted
from math import isnan
from typing import Any

import msgspec

from workers.report.report import Listed, sections
from workers.report.task_rows import TASK_KEYS, TaskBlock, task_blocks
from workers.timeline.columns import Strings
from workers.timeline.timeline import Timeline

_RECORDS = 500
_LEAST, _MOST = 1e-4, 1e16
"""Floats between these are written alike by msgspec and by json."""
_NUMBERS = frozenset((bool, int, float, type(None)))
_TEXTS = frozenset((str, type(None)))
_TASK = "{{\n{}\n    }}".format(",\n".join(f'      "{key}": %s' for key in TASK_KEYS))


def report_pieces(timeline: Timeline, **more: object) -> Iterator[str]:
    """The text of the report, with a newline at its end. more: keys that are added to it.

    All that can fail is done before the first piece, so that a text which begins also ends.
    """
    parts = {**sections(timeline), **more}
    if len(timeline.tasks):
        parts["tasks"] = _Elements(_task_texts(timeline))
    yield from _pieces(parts, "\n")
    yield "\n"


@dataclass(frozen=True, slots=True)
class _Elements:
    """The elements of a list as pieces of text, several in each."""

    pieces: Iterable[str]


def _pieces(value: object, line: str) -> Iterator[str]:
    """A value of the report as text. line: how a line begins at this depth, after a line break."""
    if isinstance(value, Listed):
        value = _Elements(_record_texts(value.records, line + "  "))
    if isinstance(value, _Elements):
        before = "[" + line + "  "
        for piece in value.pieces:
            yield before
            yield piece
            before = "," + line + "  "
        yield "[]" if before.startswith("[") else line + "]"
    elif isinstance(value, dict) and any(isinstance(one, Listed | _Elements) for one in value.values()):
        before = "{"
        for key, one in value.items():
            yield f"{before}{line}  {quoted(key)}: "
            yield from _pieces(one, line + "  ")
            before = ","
        yield line + "}"
    else:
        yield json.dumps(value, indent=2).replace("\n", line)


def _record_texts(records: Iterable[dict[str, Any]], line: str) -> Iterator[str]:
    """Records of one kind, which all have the same keys: the values of each key become text together."""
    records = iter(records)
    inner = line + "  "
    while some := list(islice(records, _RECORDS)):
        keys = ",".join(f"{inner}{quoted(key)}: %s" for key in some[0])
        record = f"{{{keys}{line}}}"
        columns = (_texts_of(column, inner) for column in zip(*map(dict.values, some), strict=True))
        yield f",{line}".join(map(record.__mod__, zip(*columns, strict=True)))


def _texts_of(values: Sequence[Any], line: str) -> Iterable[str]:
    """The JSON text of each value."""
    kinds = set(map(type, values))
    if len(kinds) == 1 and float not in kinds and not any(values):
        return repeat(json.dumps(values[0]), len(values))  # null, false, 0 or []
    if kinds <= _NUMBERS:
        return _numbers(values) if float not in kinds else _floats(values)
    if kinds <= _TEXTS:
        return ["null" if value is None else quoted(value) for value in values]
    return [json.dumps(value, indent=2).replace("\n", line) for value in values]


def _task_texts(timeline: Timeline) -> Iterator[str]:
    texts = _Texts(timeline.tasks.names)
    for block in task_blocks(timeline):
        yield ",\n    ".join(map(_TASK.__mod__, zip(*_task_columns(block, texts), strict=True)))


class _Texts(dict[int, str]):
    """The names of tasks and errors as JSON, by number."""

    def __init__(self, names: Strings) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, number: int) -> str:
        text = self[number] = quoted(self._names[number])
        return text


def _task_columns(block: TaskBlock, texts: _Texts) -> list[Iterable[object]]:
    """The JSON texts of the values, in the order of TASK_KEYS."""
    keys = ["null"] * len(block.key) if not any(block.key) else map(json.dumps, block.key)
    return [
        block.id, block.process, map(texts.__getitem__, block.name),
        _floats(block.submitted_s), _floats(block.began_s), _floats(block.ended_s),
        ["null" if error is None else json.dumps(error, indent=2).replace("\n", "\n      ") for error in block.error],
        *(map(json.dumps, column) if any(one is not None for one in column) else ["null"] * len(column)
          for column in (block.thread, block.thread_id, block.interpreter, block.index, block.of, block.arguments)),
        _floats(block.waited_s), _floats(block.cpu_s), _numbers(block.bytes_in), _numbers(block.bytes_out),
        keys, _numbers(block.attempt),
    ]  # fmt: skip


def _numbers(values: Sequence[object]) -> list[str]:
    """The JSON text of each."""
    return msgspec.json.encode(values)[1:-1].decode("ascii").split(",")


def _floats(values: Sequence[Any]) -> list[str]:
    """The JSON text of each."""
    sizes = list(map(abs, filter(None, values)))
    if not sizes or (min(sizes) >= _LEAST and max(sizes) < _MOST and not isnan(sum(sizes))):
        return msgspec.json.encode(values)[1:-1].decode("ascii").split(",")
    return list(map(json.dumps, values))
