"""Files as chance and malice make them, for the fuzz of what opens files: strategies of hypothesis, and what must hold.

Traces are made of events whose fields can be anything, or are valid ones with changed bytes; saved runs are a true one whose
archive, members or records are changed. Runs in the test's process, or in that of `make fuzz`.
"""

import gzip
import io
import json
import struct
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop.export.pictures import picture_image
from desktop.facts.event_words import event_details, event_name
from desktop.facts.fact import as_text
from desktop.facts.interval_facts import interval_facts
from desktop.facts.relations import relations
from desktop.facts.selection import (
    CallSelection,
    LineSelection,
    ProcessSelection,
    SpanSelection,
    TaskSelection,
    TrackSelection,
)
from desktop.facts.sheets import describe
from support.arguments import found_in
from support.builders import joined_run, traced_run
from workers.analysis.events import events_between, events_of
from workers.analysis.measure import measure
from workers.analysis.search import arguments_of, find
from workers.analysis.status import sentence as status_sentence
from workers.errors import OpenError
from workers.formats import csv_table, saved_run
from workers.formats.chrome import chrome_writer
from workers.formats.opening import open_file
from workers.journal.kinds import Kind
from workers.recorded.probe import SLOT
from workers.report.report import report
from workers.report.run_text import findings_text, text_timeline
from workers.report.run_text import table as table_text
from workers.report.trace_text import summary
from workers.runs import bookmarks
from workers.system.atomic_files import ExportError
from workers.timeline.timeline import Timeline

# What is made of a number, a name, or anything at all in a trace.
_NUMBERS = (
    "0", "-0", "1", "-1", "0.001", "1.5", "2", "3", "10", "1e3", "1e15", "1e16", "4e15", "1e30", "1e400", "-1e400", "NaN",
    "Infinity", "-Infinity", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551616", "1" * 400, "9" * 5000, "0." + "1" * 400, "1e-400", "00", "1.", ".5", "+1",
)  # fmt: skip
_OTHERS = (
    "true", "false", "null", "[]", "{}", "[1]", '""', '"x"', '"1"', '"1.5"', '"-7"', '"NaN"', '"1e400"', '"\\u0000"',
    '"\\ud800"', '"\\""', '"<img src=x>"', '"' + "n" * 3000 + '"', "[" * 90 + "]" * 90, '{"a":{"a":{"a":1}}}', "tru", "",
    '{"global":1}', '{"local":"x"}', '{"global":{}}', '"\x00"', '"\\x"', "[" * 3000 + "]" * 3000,
)  # fmt: skip
_PHASES = "XXXBBEEIiRbensStTpFfCMPvVcNOD()=?"
_NAMES = (
    '"a"',
    '"b"',
    '"process_name"',
    '"thread_name"',
    '"process_labels"',
    '"process_sort_index"',
    '"thread_sort_index"',
)
_ARGS = (
    '{"name":"x"}',
    '{"sort_index":-1}',
    '{"labels":"y"}',
    '{"v":1}',
    '{"v":1e400,"w":NaN}',
    '{"v":9223372036854775808}',
)


def _mostly(usual: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    wild = st.sampled_from(_NUMBERS + _OTHERS)
    return st.integers(0, 9).flatmap(lambda at: wild if at == 0 else usual)


_IDS = _mostly(st.sampled_from(("0", "1", "2", "3", '"0x1"', '"w:1"', "-1")))
_TIMES = _mostly(st.one_of(st.integers(-5, 40).map(str), st.floats(-10, 1e7, width=32).map(repr)))
_FIELDS: dict[str, st.SearchStrategy[str]] = {
    "ph": _mostly(st.sampled_from(_PHASES).map(json.dumps)), "ts": _TIMES, "dur": _TIMES, "pid": _IDS, "tid": _IDS,
    "name": _mostly(st.sampled_from(_NAMES)), "cat": _mostly(st.sampled_from(_NAMES)), "id": _IDS, "id2": _IDS,
    "s": _mostly(st.sampled_from(('"g"', '"p"', '"t"'))), "scope": _IDS, "bind_id": _IDS,
    "flow_in": _mostly(st.sampled_from(("true", "false"))), "flow_out": _mostly(st.sampled_from(("true", "false"))),
    "args": _mostly(st.sampled_from(_ARGS)), "bp": _mostly(st.just('"e"')),
}  # fmt: skip


_USUAL = ("ph", "ts", "pid", "name")


def _written(event: dict[str, str]) -> str:
    return "{" + ",".join(f'"{key}":{value}' for key, value in event.items()) + "}"


_EVENTS = st.lists(st.fixed_dictionaries(
    {key: _FIELDS[key] for key in _USUAL}, optional={key: some for key, some in _FIELDS.items() if key not in _USUAL},
).map(_written), max_size=25)  # fmt: skip


def _forms(events: list[str]) -> list[bytes]:
    whole = ",\n".join(events)
    texts = (f"[{whole}]", f'{{"traceEvents":[{whole}]}}', f"[{whole},", "\n".join(events), f"[{whole}] [", f"{{[{whole}",
             f'{{"a":[{{"traceEvents":1}}],"traceEvents":[{whole}],"traceEvents":[{whole}]}}', whole)  # fmt: skip
    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    return [*data, "\ufeff".encode() + data[0], data[1].decode("utf-8", "replace").encode("utf-16"), gzip.compress(data[0]),
            gzip.compress(data[1]) + gzip.compress(data[0]), data[0][: len(data[0]) // 2]]  # fmt: skip


def seeds() -> list[bytes]:
    """Traces that are whole."""
    found = []
    for timeline in (joined_run(3), traced_run(3)):
        out = io.BytesIO()
        chrome_writer.write(timeline, out)
        found += [out.getvalue(), gzip.compress(out.getvalue())]
    return found


@st.composite
def changed(draw: Callable[[st.SearchStrategy[Any]], Any], whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of which some were changed, left out or put in twice, and which may be cut off."""
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del data[at : at + draw(st.integers(1, 40))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            case 3:
                data[at:at] = draw(
                    st.sampled_from((b'"', b"{", b"}", b"[", b"]", b",", b"\\", b"\0", b"NaN", b"9" * 400))
                )
            case 4:
                data = data[:at]
    return bytes(data)


def traces(more: Sequence[bytes] = ()) -> st.SearchStrategy[bytes]:
    """Files that a trace could be. more: whole ones to be changed, beside those made here."""
    made = _EVENTS.map(_forms).flatmap(st.sampled_from)
    return st.one_of(made, changed(made), changed(st.sampled_from([*seeds(), *more])))


# Saved runs.

_SLOT = struct.Struct("<BBHI7q")
_KINDS = [int(kind) for kind in Kind]
_LARGE = (0, 1, -1, 2, 3, 7, 255, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 53, 1 << 60, (1 << 61) - 1, 1 << 62, (1 << 63) - 1,
          -(1 << 63))  # fmt: skip
_TEXTS = (
    b"[]",
    b"{}",
    b"null",
    b"[" * 3000,
    b'{"plan": "{}"}',
    b'{"title": {}, "argv": 3, "cores": "x"}',
    b"\xff\xfe",
    b"1",
)


@st.composite
def _changed_journal(draw: Callable[[st.SearchStrategy[Any]], Any], journal: bytes) -> bytes:
    """Records of it changed field by field, which a checksum would not show."""
    slots = [bytearray(journal[at : at + SLOT]) for at in range(0, len(journal) - SLOT + 1, SLOT)]
    for _ in range(draw(st.integers(0, 8)) if slots else 0):
        slot = slots[draw(st.integers(0, len(slots) - 1))]
        fields = list(_SLOT.unpack(slot))
        match draw(st.integers(0, 6)):
            case 0:
                fields[0] = draw(st.sampled_from(_KINDS) | st.integers(0, 255))
            case 1:
                fields[1] = draw(st.integers(0, 255))
            case 2:
                fields[3] = draw(st.sampled_from([at for at in _LARGE if 0 <= at < 1 << 32]))
            case 3:
                fields[4] = draw(st.sampled_from(_LARGE))
            case 4:
                other = _SLOT.unpack(slots[draw(st.integers(0, len(slots) - 1))])
                fields[draw(st.integers(5, 10))] = other[draw(st.integers(4, 10))]
            case 5:
                fields[draw(st.integers(5, 10))] = draw(st.sampled_from(_LARGE))
            case 6:
                slots.insert(draw(st.integers(0, len(slots))), bytearray(slot))
        slot[:] = _SLOT.pack(*fields)
    return b"".join(slots)


def manifest_slots(text: bytes) -> bytes:
    """A journal that begins a run with this as its manifest."""
    pieces = [text[at : at + 56] for at in range(0, len(text), 56)] or [b""]
    slots = [
        struct.pack("<BBHI56s", Kind.TEXT, at == len(pieces) - 1, len(one), 900, one) for at, one in enumerate(pieces)
    ]
    return b"".join(slots) + _SLOT.pack(Kind.RUN, 0, 0, 900, 1, *[0] * 6)


@st.composite
def runs(draw: Callable[[st.SearchStrategy[Any]], Any], whole: Sequence[bytes]) -> bytes:
    """Files that a saved run could be. whole: saved runs to be changed."""
    run = draw(st.sampled_from(whole))
    if draw(st.integers(0, 3)) == 0:
        return bytes(draw(changed(st.just(run))))
    out = io.BytesIO()
    with ZipFile(io.BytesIO(run)) as old, ZipFile(out, "w", draw(st.sampled_from((ZIP_DEFLATED, ZIP_STORED)))) as new:
        names = old.namelist()
        touched = draw(st.sets(st.sampled_from(names), max_size=3))
        for name in names:
            content = old.read(name)
            if name in touched:
                name, content = draw(_changed_member(name, content, names))
            if content is not None:
                with warnings.catch_warnings(action="ignore"):  # two members may have one name
                    new.writestr(name, content)
    data = out.getvalue()
    return bytes(draw(changed(st.just(data)))) if draw(st.integers(0, 9)) == 0 else data


@st.composite
def _changed_member(
    draw: Callable[[st.SearchStrategy[Any]], Any], name: str, content: bytes, names: list[str]
) -> tuple[str, bytes | None]:
    match draw(st.integers(0, 9)):
        case 0:
            return name, None
        case 1:
            return draw(
                st.sampled_from([*names, "../x", "/x", "1-1.journal", "9-9.nursery.journal", "marks.json"])
            ), content
        case 2 if name == "keeper.journal":
            return name, manifest_slots(draw(st.sampled_from(_TEXTS))) + content
        case 3:
            return name, draw(st.sampled_from(_TEXTS))
        case _ if name.endswith(".journal"):
            return name, draw(_changed_journal(content))
        case _:
            return name, draw(changed(st.just(content)))


# What must hold.

_MOST = 100


def check(path: Path, *, picture: bool = True) -> bool:
    """Open the file and make everything of it that can be made. Whether it opened; else one sentence said why not. Raises
    whatever else comes of it."""
    try:
        opened = open_file(path)
    except OpenError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence, sentence
        return False
    try:
        timeline = opened.timeline
        json.dumps(report(timeline), allow_nan=False).encode()
        if timeline.imported is not None:
            summary(timeline).encode()
        else:
            (table_text(timeline) + findings_text(timeline) + text_timeline(timeline)).encode()
        csv_table.table(timeline)
        _say_in_words(timeline)
        bookmarks.parse(bookmarks.render(timeline.bookmarks))
        out = io.BytesIO()
        chrome_writer.write(timeline, out)
        json.loads(out.getvalue(), parse_constant=_refuse)
        if opened.folder is not None:
            saved_run.write(opened.folder, io.BytesIO())
        if picture:
            _draw(timeline)
    finally:
        opened.close()
    return True


def _events(timeline: Timeline, words: str) -> NDArray[np.uint32] | None:
    """The events with these words in their arguments; None where those cannot be searched."""
    try:
        return found_in(arguments_of(timeline), words)
    except OpenError:
        return None


def _say_in_words(timeline: Timeline) -> None:
    """What the panels of the window say of it, of a bounded part."""
    status_sentence(timeline)
    find(timeline, "a", _events(timeline, "a"))
    as_text(interval_facts(measure(timeline, 0, timeline.now_ns)))
    chosen = [ProcessSelection(process.id) for process in timeline.processes]
    chosen += [CallSelection(call.process or call.by, call.began_ns, call=call.id) for call in timeline.calls]
    chosen += [TaskSelection(task.process, task.began_ns, task=task.id) for task in timeline.tasks[:_MOST]]
    chosen += [LineSelection(line.process or 0, line.at_ns, line=line.number) for line in timeline.lines]
    chosen += [TrackSelection(track.process, track=track.id) for track in timeline.tracks]
    chosen += [SpanSelection(track.process, 0, track=track.id, span=0) for track in timeline.tracks if len(track.spans)]
    for selection in chosen[:_MOST] + chosen[-_MOST:]:
        describe(timeline, selection)
        relations(timeline, selection)
    happened = [event for process in timeline.processes[:_MOST] for event in events_of(timeline, process.id)[:_MOST]]
    for event in [*happened, *events_between(timeline)[:_MOST]]:
        event_name(timeline, event)
        event_details(timeline, event)


def _draw(timeline: Timeline) -> None:
    try:
        picture_image(timeline, 1)
    except ExportError as error:
        if "too large" not in str(error):
            raise


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
