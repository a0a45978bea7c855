"""The facts of a run as tests read them."""

from desktop.facts.process_columns import COLUMNS
from desktop.facts.selection import Selection
from desktop.facts.sheets import describe
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def cell(timeline: Timeline, process: Process, label: str) -> str:
    """The text of a process in the column with this label."""
    column = next(column for column in COLUMNS if column.label == label)
    return column.text(timeline, process)


def facts_of(timeline: Timeline, selection: Selection) -> dict[str, str]:
    """The facts of a selection: the text by its label."""
    found = describe(timeline, selection)
    assert found is not None
    return {fact.label: fact.text for fact in found.facts}
