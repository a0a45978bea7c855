"""The names of processes."""

from desktop.facts.naming import process_title
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def test_a_name_that_looks_like_markup_stays_text() -> None:
    timeline = Timeline()
    process = timeline.add_process("<img src=x>\x1b", ProcessKind.PROGRAM)
    assert process_title(process) == "<img src=x>‹ESC›"
