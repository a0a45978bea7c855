"""Arrows of a trace: which ends are joined, against a walk through the ends of each flow; ids that Python hashes alike."""

import json
from pathlib import Path
from random import Random

import pytest

from workers.formats.chrome.chrome_events import operation_number
from workers.formats.chrome.chrome_flows import FlowEnds
from workers.formats.chrome.chrome_reader import read

_End = tuple[int, str, int]


def _walked(ends: list[_End]) -> tuple[set[tuple[int, int]], int]:
    """(the arrows as places of their ends, how many ends have none)"""
    arrows, unjoined = set[tuple[int, int]](), 0
    for flow in {flow for flow, _, _ in ends}:
        last: int | None = None
        used, early = False, list[int]()
        for at in sorted((at for at, end in enumerate(ends) if end[0] == flow), key=lambda at: _order(ends, at)):
            phase = ends[at][1]
            if phase == "s":
                unjoined += last is not None and not used
                last, used = at, False
            elif last is None:
                early.append(at)
            else:
                arrows.add((last, at))
                last, used = (at, True) if phase == "t" else (None, False)
        if last is not None and early:
            arrows.add((last, early.pop()))
            last = None
        unjoined += (last is not None and not used) + len(early)
    return arrows, unjoined


def _order(ends: list[_End], at: int) -> tuple[int, int, int]:
    _, phase, t = ends[at]
    return t, "stf".index(phase), at


def test_ends_are_joined_as_a_walk_joins_them() -> None:
    for seed in range(300):
        chance = Random(seed)
        ends = [
            (chance.randrange(4), chance.choice("sf" if seed % 2 else "stf"), chance.randrange(30))
            for _ in range(chance.randrange(1, 25))
        ]
        columns = FlowEnds()
        for at in chance.sample(range(len(ends)), len(ends)):  # the places in the file count, not the order of adding
            flow, phase, t = ends[at]
            columns.add(flow, phase, t, at, at, at)
        flows, unjoined = columns.joined(range(100), 0)
        arrows, alone = _walked(ends)
        found = list(zip(flows.from_track.tolist(), flows.to_track.tolist(), strict=True))
        assert (set(found), len(found), unjoined) == (arrows, len(arrows), alone), seed
        assert found == sorted(found), seed


@pytest.mark.parametrize("other", [(-1, -2), (0, 2**61 - 1), (1, 2**61)])
def test_ids_that_python_hashes_alike_are_apart(other: tuple[int, int], tmp_path: Path) -> None:
    base = {"pid": 1, "tid": 1, "cat": "c", "name": "n"}
    near, far = other
    events = [
        {**base, "ph": "X", "ts": 0, "dur": 100},
        {**base, "ph": "s", "id": near, "ts": 1}, {**base, "ph": "s", "id": far, "ts": 2},
        {**base, "ph": "f", "id": near, "ts": 3}, {**base, "ph": "f", "id": far, "ts": 4},
        {**base, "ph": "X", "ts": 200, "dur": 1, "bind_id": near, "flow_out": True},
        {**base, "ph": "X", "ts": 210, "dur": 1, "bind_id": far, "flow_out": True},
        {**base, "ph": "X", "ts": 220, "dur": 1, "bind_id": near, "flow_in": True},
        {**base, "ph": "b", "id": near, "scope": "s", "ts": 11}, {**base, "ph": "b", "id": far, "scope": "s", "ts": 12},
        {**base, "ph": "e", "id": near, "scope": "s", "ts": 13}, {**base, "ph": "e", "id": far, "scope": "s", "ts": 14},
    ]  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps(events))
    timeline = read(path)
    flows = timeline.flows
    assert list(zip(flows.from_t.tolist(), flows.to_t.tolist(), strict=True)) == [
        (1000, 3000), (2000, 4000), (200_000, 220_000),
    ]  # fmt: skip
    (operations,) = (track.spans for track in timeline.tracks if track.name == "c")
    assert list(zip(operations.t0.tolist(), operations.t1.tolist(), strict=True)) == [
        (11_000, 13_000),
        (12_000, 14_000),
    ]


def test_numbers_of_more_than_64_bits_are_apart() -> None:
    numbers = [operation_number(sign * (5 + high), "s") for sign in (1, -1) for high in (0, 1 << 63, 1 << 64, 1 << 128)]
    assert len(set(numbers)) == len(numbers)
