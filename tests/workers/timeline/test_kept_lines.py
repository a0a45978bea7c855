"""The newest printed lines of a run."""

import gc
from copy import copy

from workers.timeline.kept_lines import KeptLines
from workers.timeline.model import OutputLine


def kept(count: int, most: int) -> KeptLines:
    lines = KeptLines(most)
    for number in range(1, count + 1):
        lines.rows.append((number, None, "stdout", number * 10, f"line {number}", False))
    return lines


def test_they_are_lines_whichever_way_one_asks() -> None:
    lines = kept(5, 3)
    whole = [OutputLine(number, None, "stdout", number * 10, f"line {number}") for number in (3, 4, 5)]
    assert (len(lines), list(lines), list(reversed(lines))) == (3, whole, whole[::-1])
    assert (lines[0], lines[-1], lines[1:]) == (whole[0], whole[2], whole[1:])
    assert [row[0] for row in lines.newest(2)] == [4, 5]
    assert [row[0] for row in lines.newest(9)] == [3, 4, 5]
    assert (lines.newest(0), bool(KeptLines(1))) == ([], False)


def test_the_collector_has_nothing_to_look_through() -> None:
    lines = kept(1000, 1000)
    gc.collect()
    assert not any(gc.is_tracked(row) for row in lines.rows)


def test_a_copy_stays_as_it_is() -> None:
    lines = kept(5, 3)
    copied = copy(lines)
    lines.rows.append((6, None, "stdout", 60, "line 6", False))
    assert [line.number for line in copied] == [3, 4, 5]
    assert [line.number for line in lines] == [4, 5, 6]
