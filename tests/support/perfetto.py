"""Reads a Chrome trace by the rules of Perfetto's importer, and lists what it would drop or draw wrongly. The test's process.

The rules:
- Events are taken in the order of time, events of one time in the order of the file, metadata first.
- A slice that is not within the slice around it is dropped.
- An end of a flow belongs to the slice that began last on its track, which must not have ended.
- An arrow is drawn between the beginnings of these slices.
- The name of a thread is given to the youngest thread with that number.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Track = tuple[int, int]


@dataclass(slots=True)
class Slice:
    """One slice on a track, in ns. end: None while it has none. depth: how many slices are around it."""

    track: Track
    name: str
    began: int
    end: int | None
    depth: int


@dataclass(slots=True)
class Drawn:
    """What Perfetto would show. wrong: a sentence on each thing that it would drop or draw wrongly."""

    slices: list[Slice] = field(default_factory=list)
    arrows: list[tuple[str, Slice, Slice]] = field(default_factory=list)
    names: dict[Track, str] = field(default_factory=dict)
    processes: dict[int, str] = field(default_factory=dict)
    order: dict[int, int] = field(default_factory=dict)
    counters: dict[tuple[int | None, str], list[tuple[int, float]]] = field(default_factory=dict)
    instants: list[tuple[str, int, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def draw(content: bytes) -> Drawn:
    """All of a trace."""
    found = json.loads(content.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    reader = _Reader()
    for at, event in _in_order(found["traceEvents"], reader.drawn.wrong):
        reader.take(at, event)
    reader.end()
    return reader.drawn


def _no_number(text: str) -> float:
    raise AssertionError(f"{text} is no JSON")


def _in_order(events: Iterable[dict[str, Any]], wrong: list[str]) -> list[tuple[int, dict[str, Any]]]:
    timed = []
    for event in events:
        if event["ph"] == "M":
            timed.append((0, event))
            continue
        us = event["ts"]
        if not isinstance(us, Decimal) or us.as_tuple().exponent != -3:
            wrong.append(f"a time has not three decimals: {event}")
        timed.append((int(us * 1000), event))
    return sorted(timed, key=lambda one: one[0])


class _Reader:
    def __init__(self) -> None:
        self.drawn = Drawn()
        self._stacks: dict[Track, list[Slice]] = {}
        self._youngest: dict[int, Track] = {}
        self._flows: dict[tuple[object, ...], Slice] = {}
        self._next: dict[Track, list[tuple[str, Slice]]] = {}  # arrows to the slice that begins next
        self._operations: dict[tuple[object, ...], int] = {}

    def _say(self, sentence: str, event: dict[str, Any]) -> None:
        self.drawn.wrong.append(f"{sentence}: {event}")

    def take(self, at: int, event: dict[str, Any]) -> None:
        """The next event in the order of time."""
        pid, tid = event.get("pid"), event.get("tid", event.get("pid"))
        for number in (pid, tid):
            if number is not None and not (type(number) is int and 0 <= number < 1 << 32):
                self._say("a pid or tid is no number of 32 bits", event)
        track = pid or 0, tid or 0
        if track not in self._stacks:
            self._stacks[track] = []
            self._youngest[track[1]] = track
        match event["ph"]:
            case "M":
                self._describe(track, event)
            case "X":
                self._slice(track, event, at, at + int(event["dur"] * 1000))
            case "B":
                self._slice(track, event, at, None)
            case "i":
                self.drawn.instants.append((event["name"], at, event["s"]))
                if event["s"] == "t":
                    self._slice(track, event, at, at, seen=False)
            case "C":
                ((series, value),) = event["args"].items()
                self.drawn.counters.setdefault((pid, f"{event['name']} {series}"), []).append((at, float(value)))
            case "s" | "f":
                self._flow(track, event, at)
            case "b" | "e":
                key = event["cat"], event["id"], event["name"], pid
                self._operations[key] = self._operations.get(key, 0) + (1 if event["ph"] == "b" else -1)
                if self._operations[key] not in (0, 1):
                    self._say("operations of one id at the same time", event)
            case other:
                self._say(f"{other} is not known", event)

    def _describe(self, track: Track, event: dict[str, Any]) -> None:
        args = event["args"]
        match event["name"]:
            case "thread_name":
                if self._youngest[track[1]] != track:
                    self._say("the name of a thread would go to another process's", event)
                self.drawn.names[track] = args["name"]
            case "process_name":
                self.drawn.processes[track[0]] = args["name"]
            case "process_sort_index":
                self.drawn.order[track[0]] = args["sort_index"]

    def _slice(self, track: Track, event: dict[str, Any], began: int, end: int | None, *, seen: bool = True) -> None:
        stack = self._stacks[track]
        while stack and stack[-1].end is not None and stack[-1].end <= began:
            stack.pop()
        around = stack[-1].end if stack else None
        if end is not None and (end < began or (around is not None and end > around)):
            self._say("a slice that would be dropped", event)
            return
        one = Slice(track, event["name"], began, end, len(stack))
        stack.append(one)
        self.drawn.arrows += [(name, leaves, one) for name, leaves in self._next.pop(track, ())]
        if seen:
            self.drawn.slices.append(one)

    def _flow(self, track: Track, event: dict[str, Any], at: int) -> None:
        stack = self._stacks[track]
        key = event["cat"], event["name"], event["id"]
        if type(event["id"]) is not int:
            self._say("the id of a flow is no number", event)
        leaves = self._flows.pop(key, None) if event["ph"] == "f" else None
        if leaves is not None and "bp" not in event:
            self._next.setdefault(track, []).append((event["name"], leaves))
            return
        if not stack or not (stack[-1].began <= at and (stack[-1].end is None or at <= stack[-1].end)):
            self._say("a flow's end in no slice", event)
            return
        if event["ph"] == "s":
            self._flows[key] = stack[-1]
            return
        if leaves is None:
            self._say("a flow's end that is not joined", event)
            return
        if leaves.began > stack[-1].began:
            self._say("an arrow that points backwards", event)
        self.drawn.arrows.append((event["name"], leaves, stack[-1]))

    def end(self) -> None:
        """All is there."""
        self.drawn.wrong += [f"a flow without an end: {key}" for key in self._flows]
        self.drawn.wrong += [f"no slice follows on the track that an arrow goes to: {track}" for track in self._next]
