"""What the details panel says of a file while nothing is selected."""

from dataclasses import replace

from pytestqt.qtbot import QtBot
from support.builders import joined_run, traced_run

from desktop.facts.file_facts import file_sheet
from desktop.facts.selection import ProcessSelection
from desktop.panels.details.details_panel import EMPTY, DetailsPanel
from desktop.widgets.note import Note
from workers.timeline.timeline import Timeline


def traced() -> Timeline:
    """A trace of which not all could be used."""
    timeline = traced_run(2)
    assert timeline.imported is not None
    timeline.imported = replace(timeline.imported, skipped={"no time": 3, "sample": 1200})
    timeline.warnings.append("The file is cut off.")
    return timeline


def test_the_sheet_of_a_trace_has_every_reason_for_left_out_events() -> None:
    sheet = file_sheet(traced())
    assert sheet is not None
    assert [(fact.label, fact.text) for fact in sheet.facts] == [
        ("Events", "28"), ("Processes", "2"), ("Spans", "10"), ("Marks", "2"), ("Flows", "1"), ("Counter values", "4"),
        ("Not shown", "3: no time"), ("Not shown", "1,200: sample"), ("Missing", "The file is cut off."),
    ]  # fmt: skip
    assert file_sheet(joined_run(2)) is None


def test_the_panel_shows_it_until_something_is_selected_and_again_after(qtbot: QtBot) -> None:
    panel = DetailsPanel()
    qtbot.addWidget(panel)
    panel.set_timeline(traced())
    assert "1,200: sample" in panel.text()
    panel.show_selection(ProcessSelection(1))
    assert "sample" not in panel.text()
    panel.show_selection(None)
    assert "1,200: sample" in panel.text()
    run = joined_run(1)
    panel.set_timeline(run)
    assert panel.text() == ""
    assert EMPTY in [note.text() for note in panel.findChildren(Note)]
    run.warnings.append("The disk was full.")
    panel.refresh()
    assert panel.text() == "What is missing in this run\nMissing: The disk was full."
