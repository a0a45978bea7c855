"""Whether anything in a run of events is nested too deep: each event's brackets tell it, and few events are looked through."""

import pytest

from workers.formats.chrome import json_elements
from workers.formats.chrome.json_elements import MOST_NESTED, any_too_deep

_SMALL = b'{"ph":"X","args":{"a":[1]}}'


def _event(brackets: bytes) -> bytes:
    return b'{"ph":"X","args":{"a":' + brackets + b"}}"


def test_of_many_events_only_those_with_many_brackets_are_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    look = json_elements.too_deep

    def noting(text: bytes) -> bool:
        looked_at.append(len(text))
        return look(text)

    monkeypatch.setattr(json_elements, "too_deep", noting)
    flat = _event(b"[" + b",".join([b"[1]"] * (MOST_NESTED + 100)) + b"]")
    deep = _event(b"[" * (MOST_NESTED + 1) + b"]" * (MOST_NESTED + 1))
    events = [_SMALL] * 1000
    assert not any_too_deep(b",".join([*events, flat, *events, flat]), 2002)
    assert looked_at == [len(flat) + 1, len(flat)]  # the first with the comma behind it
    assert any_too_deep(b",".join([*events, flat, deep, *events]), 2002)
