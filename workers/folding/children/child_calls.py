"""The calls of start() and join() in a stretch of a parent's slots, as columns. Pure numpy; part of a Fold.

A program that starts forty thousand processes records seven times of each. As a rule the records of one start() follow each
other, and so do those of one join().
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from workers.folding.slot_columns import columns_of
from workers.journal.kinds import Kind
from workers.journal.process_kinds import CallBegan, CallEnded, ChildNamed, Forked
from workers.journal.slots import Slots
from workers.recorded import probe

_NAMED, _BEGAN, _FORKED, _ENDED = map(columns_of, (ChildNamed, CallBegan, Forked, CallEnded))


def _kinds(*kinds: Kind) -> bytes:
    return re.escape(bytes(kinds))


TOGETHER = re.compile(
    b"(?P<start>%b(?:%b)*%b)|%b(?:%b)*%b"
    % (
        _kinds(Kind.CHILD, Kind.CALL_BEGAN), _kinds(Kind.REAPED), _kinds(Kind.FORKED, Kind.CALL_ENDED),
        _kinds(Kind.CALL_BEGAN), _kinds(Kind.REAPED), _kinds(Kind.CALL_ENDED),
    ), re.DOTALL
)  # fmt: skip
"""In the kinds of a journal's slots: the records of a start() that forked, or of a call such as join(), without any others
between them than those of children that were reaped meanwhile."""


@dataclass(slots=True)
class ChildCalls:
    """The calls whose records stand together. A list has an entry for each of them, as `Call` has it where it has the name.

    low, high: their records are the slots from low to high. plain: whether it is a start() that forked or a join(), and one
        that raised nothing; of others the rest means nothing. starts: which it is.
    numbers: of the call. children: the numbers of the children in their parent. endless: without a timeout.
    found_ended: whether a join() found the child ended.
    started: of each start() whether the child is a daemon, the number of its name's text, the number of the fork, when that
        returned, how many other threads there were, the child's pid, the number of the start method's text.
    """

    low: list[int]
    high: list[int]
    plain: list[bool]
    starts: list[bool]
    numbers: list[int]
    children: list[int]
    began_ns: list[int]
    ended_ns: list[int]
    endless: list[bool]
    found_ended: list[bool]
    timeout_s: list[float | None]
    file: list[str]
    line: list[int]
    thread: list[str]
    started: list[tuple[int, int, int, int, int, int, int]]

    @classmethod
    def among(cls, slots: Slots, texts: dict[int, str], origin_ns: int) -> "ChildCalls | None":
        """Those in these slots; None where there are none. texts: those of the journal. origin_ns: the time from which on the
        timeline counts."""
        found = [(one.start(), one.end(), one.lastgroup is not None) for one in TOGETHER.finditer(slots.kinds)]
        if not found:
            return None
        low, high, is_start = (list(column) for column in zip(*found, strict=True))
        starts = np.array(is_start, np.bool_)
        first, last = np.array(low), np.array(high) - 1
        data = slots.data
        began: Any = np.frombuffer(data, _BEGAN)[first + starts]
        ended: Any = np.frombuffer(data, _ENDED)[last]
        named: Any = np.frombuffer(data, _NAMED)[first[starts]]
        forked: Any = np.frombuffer(data, _FORKED)[last[starts] - 1]
        plain = (began["method"] == np.where(starts, probe.START, probe.JOIN)) & (ended["error_text"] == 0)
        for same in ("method", "call", "child"):
            plain &= began[same] == ended[same]
        plain &= began["child"] != 0
        plain[starts] &= (named["child"] == began["child"][starts]) & (ended["result"][starts] != 0)
        timeouts = began["timeout_ns"]
        endless = timeouts == probe.NO_TIMEOUT
        return cls(
            low, high, plain.tolist(), is_start, began["call"].tolist(), began["child"].tolist(),
            (began["clock_ns"] - origin_ns).tolist(), (ended["clock_ns"] - origin_ns).tolist(), endless.tolist(),
            (endless | (ended["result"] != 0)).tolist(), [None if ns < 0 else ns / 1e9 for ns in timeouts.tolist()],
            [texts.get(number, "") for number in began["file_text"].tolist()], began["line"].tolist(),
            [texts.get(number, "") for number in began["thread_text"].tolist()],
            list(
                zip(
                    named["daemon"].tolist(), named["name_text"].tolist(), forked["fork"].tolist(),
                    (forked["clock_ns"] - origin_ns).tolist(), forked["threads"].tolist(), ended["result"][starts].tolist(),
                    ended["start_method_text"][starts].tolist(), strict=True,
                )
            ),
        )  # fmt: skip
