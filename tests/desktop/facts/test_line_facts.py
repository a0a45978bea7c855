"""The facts of a printed line."""

from support.builders import MS, running_run
from support.facts import facts_of

from desktop.facts.formatting import UNKNOWN
from desktop.facts.selection import LineSelection


def test_a_cut_line_says_so() -> None:
    timeline = running_run(1)
    timeline.add_line(None, "stderr", 10 * MS, "<b>x</b>\x00", cut=True)
    line = timeline.lines[-1]
    known = facts_of(timeline, LineSelection(1, 0, line=line.number))
    assert known["Printed by"] == UNKNOWN
    assert known["Text"] == "<b>x</b>‹NUL› … (cut here)"
