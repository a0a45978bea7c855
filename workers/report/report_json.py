"""The report as JSON text, a piece at a time: the text that `json.dumps(report, indent=2)` gives, in less time and memory.

Pure functions on a timeline, any process. A report of a million tasks is a quarter of a gigabyte of text: it is never in memory
as a whole.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

import msgspec

from workers.report.report import Listed, sections
from workers.report.task_rows import TASK_KEYS, TaskBlock, task_blocks
from workers.timeline.columns import Strings
from workers.timeline.timeline import Timeline

_RECORDS = 200
_LEAST, _MOST = 1e-4, 1e16
"""Floats between these are written alike by msgspec and by json."""
_NESTED = re.compile(r'": [\[{](?![]}])')
"""In the text of a record that has another in it, or a list that is not empty; perhaps in other texts too."""
_encode_flat = json.JSONEncoder(separators=(",\n      ", ": ")).encode
_TASK = "    {{\n{}\n    }}".format(",\n".join(f'      "{key}": %s' for key in TASK_KEYS))


def report_pieces(timeline: Timeline, **more: object) -> Iterator[str]:
    """The text of the report, with a newline at its end. more: keys that are added to it.

    All that can fail is done before the first piece, so that a text which begins also ends.
    """
    parts = {**sections(timeline), **more}
    before = "{\n"
    for key, value in parts.items():
        yield f"{before}  {quoted(key)}: "
        before = ",\n"
        if key == "tasks":
            yield from _listed(_task_texts(timeline))
        elif isinstance(value, Listed):
            yield from _listed(_record_texts(value.records))
        else:
            yield json.dumps(value, indent=2).replace("\n", "\n  ")
    yield "\n}\n"


def _listed(pieces: Iterable[str]) -> Iterator[str]:
    """A list whose elements come as pieces of text, several in each."""
    before = "[\n"
    for piece in pieces:
        yield before
        yield piece
        before = ",\n"
    yield "[]" if before == "[\n" else "\n  ]"


def _record_texts(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    records = iter(records)
    while some := list(islice(records, _RECORDS)):
        yield _flat(some) or ",\n".join(map(_indented, some))


def _flat(records: list[dict[str, Any]]) -> str:
    """Records side by side; "" when one may have another record in it, or a list that is not empty.

    The encoder in C knows no indentation: its separator of items does as well. A line break is always one of these.
    """
    text = _encode_flat(records)
    if _NESTED.search(text):
        return ""
    return "    {\n      " + text[2:-2].replace("},\n      {", "\n    },\n    {\n      ") + "\n    }"


def _indented(record: dict[str, Any]) -> str:
    return "    " + json.dumps(record, indent=2).replace("\n", "\n    ")


def _task_texts(timeline: Timeline) -> Iterator[str]:
    texts = _Texts(timeline.tasks.names)
    for block in task_blocks(timeline):
        yield ",\n".join(map(_TASK.__mod__, zip(*_task_columns(block, texts), strict=True)))


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


def _numbers(values: list[int | None]) -> list[str]:
    """The JSON text of each."""
    return msgspec.json.encode(values)[1:-1].decode("ascii").split(",")


def _floats(values: list[float | None]) -> list[str]:
    """The JSON text of each."""
    if all(value is None or not value or _LEAST <= abs(value) < _MOST for value in values):
        return msgspec.json.encode(values)[1:-1].decode("ascii").split(",")
    return ["null" if value is None else repr(value) for value in values]
