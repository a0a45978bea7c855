"""The facts of a printed line. Pure functions without Qt, in the window's thread."""

from desktop.facts.fact import Fact
from desktop.facts.formatting import format_moment
from desktop.facts.naming import name_of
from desktop.facts.visible_text import visible
from workers.timeline.model import OutputLine
from workers.timeline.timeline import Timeline


def line_facts(timeline: Timeline, line: OutputLine) -> list[Fact]:
    """All facts of a printed line, its whole text included."""
    return [
        Fact("Printed by", name_of(timeline, line.process)),
        Fact("Stream", visible(line.stream)),
        Fact("Time", format_moment(line.at_ns)),
        Fact("Text", visible(line.text) + (" … (cut here)" if line.cut else "")),
    ]


def find_line(timeline: Timeline, number: int) -> OutputLine | None:
    """The printed line with this number; None when it is no longer kept."""
    if not timeline.lines or not timeline.lines[0].number <= number <= timeline.lines[-1].number:
        return None
    return timeline.lines[number - timeline.lines[0].number]
