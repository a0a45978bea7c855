"""Rows of spans, and begins matched with ends: columns computed at once are what a walk from event to event gives."""

from random import Random

import numpy as np
import pytest

from workers.formats.chrome.chrome_spans import END, NAMELESS, RawEnds, RawSpans
from workers.formats.chrome.nesting import nested, packed
from workers.timeline.lanes import OPEN

Span = tuple[int, int]
_MIXED_ALIKE = pow(0x9E3779B97F4A7C15, -1, 1 << 64)
"""Small multiples of it are operations that cannot be told apart by the numbers that they are sorted by."""


def _spans(chance: Random) -> tuple[list[Span], int]:
    """Spans sorted as a track is, mostly within each other, and how much they may overlap."""
    spans: list[Span] = []

    def within(began: int, ended: int, depth: int) -> None:
        at = began
        while at < ended and depth < 5 and len(spans) < 60:
            first = at + chance.randrange(4)
            last = min(ended, first + chance.randrange(12)) + (
                chance.choice((1, 1, 3)) if chance.randrange(25) == 0 else 0
            )
            spans.append((first, OPEN if chance.randrange(60) == 0 else last))
            within(first, last, depth + 1)
            at = last + chance.randrange(3)

    within(0, chance.randrange(90), 0)
    return sorted(spans, key=lambda span: (span[0], -span[1])), chance.choice((0, 1, 1, 2))


def _walked(spans: list[Span], slack: int) -> tuple[list[int] | None, list[int]]:
    """(rows, ends after overlaps were removed), one span after another."""
    stack: list[int] = []
    ends, rows = [end for _, end in spans], []
    for at, (began, _) in enumerate(spans):
        stack = [one for one in stack if ends[one] > began]
        while stack and ends[at] > ends[stack[-1]]:
            if ends[stack[-1]] - began <= slack and began > spans[stack[-1]][0]:
                ends[stack.pop()] = began
            elif ends[at] - ends[stack[-1]] <= slack:
                ends[at] = ends[stack[-1]]
            else:
                return None, ends
        rows.append(len(stack))
        stack.append(at)
    return rows, ends


def _first_free(spans: list[Span]) -> list[int]:
    rows: list[int] = []
    for began, _ in spans:
        taken = {row for row, (_, ended) in zip(rows, spans, strict=False) if ended > began}
        rows.append(min(row for row in range(len(spans)) if row not in taken))
    return rows


def test_rows_of_spans_within_one_another() -> None:
    overlapping = changed = 0
    for seed in range(1500):
        spans, slack = _spans(Random(seed))
        t0, t1 = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
        expected, ends = _walked(spans, slack)
        found = nested(t0, t1, slack)
        assert (None if found is None else found.tolist()) == expected, seed
        assert expected is None or t1.tolist() == ends, seed
        overlapping += expected is None
        changed += expected is not None and ends != [end for _, end in spans]
        assert packed(*(np.array([span[side] for span in spans], np.int64) for side in (0, 1))).tolist() == _first_free(
            spans
        ), seed
    assert min(overlapping, changed) > 50


def _matched(events: list[tuple[int, int, int, int, int]]) -> tuple[list[tuple[int, ...]], int, int]:
    """(spans, ends without a begin, spans cut) of (track, operation, time, seq, name), one event after another."""
    spans, stray, cut = [], 0, 0
    stacks: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for track, operation, t, seq, name in sorted(events):
        stack = stacks.setdefault((track, operation), [])
        if name < END:
            stack.append((t, name, seq))
        elif not stack:
            stray += 1
        else:
            named = [depth for depth, begun in enumerate(stack) if begun[1] == name - END]
            depth = named[-1] if named and name != END + NAMELESS else len(stack) - 1
            cut += len(stack) - depth - 1
            spans += [(track, began, t, its_name) for began, its_name, _ in stack[depth:]]
            del stack[depth:]
    spans += [(track, began, OPEN, name) for (track, _), stack in stacks.items() for began, name, _ in stack]
    return sorted(spans), stray, cut


def test_begins_and_ends_are_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [0, 0]
    for seed in range(1500):
        chance = Random(seed)
        operations = chance.randrange(2) == 1
        many = chance.choice((1, 3))
        late = chance.choice((1, 30))
        step = chance.choice((1, _MIXED_ALIKE))
        monkeypatch.setattr("workers.formats.chrome.chrome_spans.MATCHED_AT_ONCE", chance.choice((1, 1000)))
        events, deep = [], 0
        for number in range(chance.randrange(50)):
            end = chance.randrange(deep + 2) > 0 and (deep > 0 or chance.randrange(10) == 0)
            deep = max(0, deep + (-1 if end else 1))
            name = END + chance.choice((NAMELESS, NAMELESS, NAMELESS, 0, 1)) if end else chance.randrange(2)
            t = number + chance.randrange(late)
            operation = (chance.randrange(many) * step + (1 << 63)) % (1 << 64) - (1 << 63) if operations else 0
            events.append((chance.randrange(many), operation, t, number, name))
        shuffled = events.copy()
        if chance.randrange(3) == 0:
            chance.shuffle(shuffled)
        raw, spans = RawEnds(operations=operations), RawSpans()
        for track, operation, t, number, name in shuffled:
            raw.add(track, t, name, number, operation)
        counts = raw.match(spans)
        by_track = spans.by_track(many)
        found = [
            (track, *row)
            for track in range(many)
            for row in zip(*(column.tolist() for column in by_track.columns(track)[:3]), strict=True)
        ]
        assert (sorted(found), *counts) == _matched(events), seed
        assert by_track.first_ns == [
            min((row[1] for row in found if row[0] == track), default=OPEN) for track in range(many)
        ]
        seen = [before + (count > 0) for before, count in zip(seen, counts, strict=True)]
    assert min(seen) > 100
