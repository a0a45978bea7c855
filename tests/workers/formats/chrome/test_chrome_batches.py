"""Events that are taken many at a time: the same timeline as of events that are taken one by one, field for field."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.trace_producers import PRODUCERS

from workers.formats.chrome.chrome_reader import read
from workers.formats.chrome.chrome_stencils import Stencils
from workers.formats.chrome.json_elements import Elements
from workers.timeline.timeline import Timeline

_BASES = (0, 0, 1_700_000_000_000_000, 4_000_000_000_000)
_RARE = (3, 20, 300)
_USUAL = {"name": "a", "pid": 1, "tid": 1, "cat": "x", "id": "1"}
_UNUSUAL: dict[str, tuple[Any, ...]] = {
    "name": ("a", "c", "", "é", "n" * 1200, "process_name", "\ud800", None, 7), "pid": (1, 2, "1", "p", None),
    "tid": (1, 2, "t", "07", None), "cat": ("x", "y", None), "id": (1, -1, -2, "1", "01", "0x1", 1 << 63, 1 << 70, 1.0, None),
    "scope": ("", "s", None), "id2": ({"local": "0x1"}, {"global": 1}), "bind_id": (1, None), "flow_in": (True,),
    "flow_out": (True,), "s": ("g", "p", "t"), "args": ({"v": 1}, {"name": "n"}),
}  # fmt: skip
_PHASES = "XXXXXXBBBBEEEEbbbeeenSFTstfiCMP?"
_ODD_TIMES = (
    "null", "true", '""', '"."', '".5"', '"5."', '"1_0"', '"1\\n2"', '"x"', "9" * 19, "1" * 45, "9999999999999999.999",
    "4000000000000000", '"' + "0" * 41 + '"', "-1.5", "-3", "1.0000", "1e1", '"7.25"', '"7"', "3.0", "12.12345",
)  # fmt: skip


def _time(chance: Random, base: int, rare: int) -> str:
    if chance.randrange(rare) == 0:
        return chance.choice(_ODD_TIMES)
    whole = base + chance.randrange(60)
    return chance.choice((f"{whole}", f"{whole}.{chance.randrange(1000):03d}", f"{whole}.{chance.randrange(10)}"))


def _events(chance: Random) -> Iterator[str]:
    """Events of few threads and names, so that most belong to what was there before."""
    base, rare = chance.choice(_BASES), chance.choice(_RARE)
    for _ in range(80):
        fields: dict[str, Any] = {
            "ph": chance.choice(_PHASES),
            **_USUAL,
            "tid": chance.randint(1, 2),
            "name": chance.choice("ab"),
        }
        for name, values in _UNUSUAL.items():
            if chance.randrange(rare * 3) == 0:
                fields[name] = chance.choice(values)
                if chance.randrange(5) == 0:
                    fields.pop(name)
        times = f',"ts":{_time(chance, base, rare)}'
        if fields["ph"] == "X" or chance.randrange(rare) == 0:
            times += f',"dur":{_time(chance, 0, rare)}'
        yield json.dumps(fields)[:-1] + times + "}"


def fields(timeline: Timeline) -> Iterator[object]:
    """Everything that a reader makes of a file."""
    names = timeline.names
    yield timeline.warnings, timeline.now_ns, timeline.imported
    yield [(process.id, process.name, process.pid) for process in timeline.processes]
    for track in timeline.tracks:
        spans = track.spans
        yield (
            track.id,
            track.process,
            track.name,
            track.kind,
            spans.t0.tolist(),
            spans.t1.tolist(),
            spans.depth.tolist(),
        )
        yield [names[name] for name in spans.name.tolist()], spans.kind.tolist()
        yield track.mark_t.tolist(), [names[name] for name in track.mark_name.tolist()]
    flows = timeline.flows
    yield flows.from_track.tolist(), flows.from_t.tolist(), flows.to_track.tolist(), flows.to_t.tolist()
    yield [names[name] for name in flows.name.tolist()]
    for counter in timeline.counters:
        yield counter.process, counter.name, counter.series, counter.t.tolist(), counter.value.tolist()


def one_by_one(path: Path, patch: pytest.MonkeyPatch) -> Timeline:
    """The timeline of a file of which every event is read and taken alone."""
    with patch.context() as within:
        within.setattr(Elements, "run", lambda elements, most=None: b"")
        return read(path)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few events are taken at a time, so that a small file has many batches."""
    monkeypatch.setattr("workers.formats.blocks.BLOCK", 500)
    monkeypatch.setattr("workers.formats.chrome.json_elements.LEAST_RUN", 250)


@pytest.mark.usefixtures("small_batches")
def test_the_same_as_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace.json"
    for seed in range(200):
        path.write_text("[" + ",\n".join(_events(Random(seed))) + "]")
        assert list(fields(read(path))) == list(fields(one_by_one(path, monkeypatch))), seed


@pytest.mark.usefixtures("small_batches")
def test_the_same_as_one_by_one_for_traces_of_other_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace.json"
    for produce in PRODUCERS:
        path.write_text(produce().content)
        assert list(fields(read(path))) == list(fields(one_by_one(path, monkeypatch))), produce.__name__


_ENDS = {
    "B": ('{"ph":"B",HEAD,"ts":T}', '{"ph":"E",HEAD,"ts":T}'),
    "B of few": ('{"name": "NAME", "ph": "B", "pid": 1, "tid": 1, "ts": I}', '{"ph": "E", "pid": 1, "tid": 1, "ts": I}'),
    "args of begins": ('{"ph":"B",HEAD,"ts":T,"args":{"a":1}}', '{"ph":"E",HEAD,"ts":T}'),
    "b": ('{"ph":"b",HEAD,"ts":T,"cat":"io","id":"0xI"}', '{"ph":"e",HEAD,"ts":T,"cat":"io","id":"0xI"}'),
    "b with number after": ('{"ph":"b","cat":"io",HEAD,"ts":T,"id":I}', '{"ph":"e","cat":"io",HEAD,"ts":T,"id":I}'),
    "X": ('{"ph":"X",HEAD,"ts":T,"dur":D,"args":{"n":I,"of":"text","is":true}}',),
    "X of any args": ('{"ph":"X",HEAD,"ts":T,"dur":D,"args":{"n":I}}', '{"ph":"X",HEAD,"ts":I,"dur":I}'),
    "epoch": ('{"ph":"X",HEAD,"ts":1700000000000T,"dur":D}',),
    "epoch of begins": ('{"ph":"B",HEAD,"ts":1700000000000T}', '{"ph":"E",HEAD,"ts":1700000000000T}'),
    "large": ('{"ph":"X",HEAD,"ts":399999999999T,"dur":D}',),
}  # fmt: skip
"""Events of programs: each the same text but for a few values."""
_SPOILS = (
    '"ts":5,', ',"ts":1', '"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e5", ".5", "\n", "},{", "\u00e9", "\x00",
    "null", '"dur":-1,', ',"id":7', ',"args":{"ts":1}', ',"bind_id":1', ',"pid":null', '"ph":"i",', ',"id2":{"local":1}',
    "[" * 600,
)  # fmt: skip
"""What is put into a text anywhere."""


def _alike(chance: Random, forms: tuple[str, ...]) -> list[str]:
    """Events of few threads, written alike."""
    digits, decimals = chance.choice((1, 3, 3, 4)), chance.choice((1, 2, 3, 3, 3, 6))
    written = list[str]()
    for number in range(120):
        whole = str(number + 10**digits)[-4:] if chance.randrange(9) else str(chance.randrange(10000))
        if chance.randrange(60) == 0:
            whole = "9" * chance.randint(12, 17)
        rare = chance.choice(('"bind_id":1,"flow_out":true,', '"scope":"s",', '"id2":{"local":"0x1"},'))
        thread, name = chance.choice("12"), chance.choice(("a", "b", "\u00e9", "a b"))
        values = {
            "HEAD": f'{rare * (chance.randrange(60) == 0)}"pid":1,"tid":{thread},"name":"{name}"',
            "NAME": name,
            "T": f"{whole}.{chance.randrange(10**decimals):0{decimals}d}",
            "D": f"{chance.randrange(3)}.{chance.randrange(1000):03d}",
            "I": str(chance.randrange(20)),
        }
        event = forms[number % len(forms)]
        for key, value in values.items():
            event = event.replace(key, value)
        written.append(event)
    return written


@pytest.fixture
def taken_alike(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each run of events was taken by a stencil."""
    taken, take = list[bool](), Stencils.take

    def noted(stencils: Stencils, run: bytes) -> bool:
        taken.append(take(stencils, run))
        return taken[-1]

    monkeypatch.setattr(Stencils, "take", noted)
    return taken


_ODD_TIMES = (
    "025.000", "1e5", "1E5.000", "nan", "NaN", "1_0.000", "-5.000", "+5.000", "5.", ".500", "5", "true", '"5"', "0x5.000",
    "5.0 0", "5.0a0", "\u0663.000", "\n5.000", "5.000\n", "{}", '5,"ts":6.000', "5}.000", "9" * 20 + ".000", "4" * 13 + ".000",
)  # fmt: skip


@pytest.mark.usefixtures("small_batches")
def test_a_time_that_is_written_otherwise_among_events_that_are_written_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_alike: list[bool]
) -> None:
    path = tmp_path / "trace.json"
    for forms in (_ENDS["B"], _ENDS["b"]):
        for time in _ODD_TIMES:
            written = [
                event.replace("HEAD", '"pid":1,"tid":1,"name":"f"')
                .replace("T", f"{number}.000")
                .replace("I", str(number))
                for number in range(100, 130)
                for event in forms
            ]
            written[50] = written[50].replace('"ts":125.000', f'"ts":{time}')
            path.write_text("[" + ",\n".join(written) + "]", "utf-8")
            assert list(fields(read(path))) == list(fields(one_by_one(path, monkeypatch))), (forms, time)
    assert sum(taken_alike) > 5


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("form", _ENDS)
def test_events_that_are_written_alike(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_alike: list[bool]
) -> None:
    path = tmp_path / "trace.json"
    for seed in range(5):
        chance = Random(seed)
        text = "[" + chance.choice((",\n", ",", " ,  ")).join(_alike(chance, _ENDS[form])) + "]"
        path.write_text(text, "utf-8")
        monkeypatch.setattr("workers.formats.chrome.chrome_stencils.MOST_HEADS", chance.choice((100, 100, 5)))
        assert list(fields(read(path))) == list(fields(one_by_one(path, monkeypatch))), seed
        # And with something in it that is not like the rest, often no JSON.
        for _ in range(4):
            at = chance.randrange(len(text))
            spoiled = text[:at] + chance.choice(_SPOILS) + text[at + chance.randrange(3) :]
            path.write_text(spoiled, "utf-8")
            assert list(fields(read(path))) == list(fields(one_by_one(path, monkeypatch))), (seed, spoiled)
    assert sum(taken_alike) > 5
