"""Another program's trace as text: fits the terminal, and says what was not shown."""

from dataclasses import replace

import pytest
from support.builders import traced_run

from workers.report.text_cells import cells
from workers.report.trace_text import counts, summary, text_timeline
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackKind


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("processes", [1, 4, 64, 1000])
def test_a_trace_fits_in_the_terminal_whatever_its_width(processes: int, width: int) -> None:
    timeline = traced_run(processes)
    timeline.processes[0].name = "a process whose name goes on and on, 日本語 too"
    assert max(map(cells, summary(timeline, width).splitlines())) <= width
    assert text_timeline(timeline, width).count("█") > processes if processes < 200 else True
    assert ("and 800 more processes" in summary(timeline, width)) == (processes == 1000)


def test_what_was_not_shown_is_said_with_its_reasons() -> None:
    timeline = traced_run(1)
    assert timeline.imported is not None
    timeline.imported = replace(timeline.imported, skipped={"no time": 2, "sample": 1000})
    said = counts(timeline, 200)
    assert said.endswith("1,002 of them are not shown: no time (2), sample (1,000).")
    assert counts(Timeline()) == ""


def test_operations_are_drawn_where_a_process_has_no_spans_of_threads() -> None:
    timeline = traced_run(1)
    timeline.tracks = [track for track in timeline.tracks if track.kind is TrackKind.ASYNC]
    row = text_timeline(timeline, 60).splitlines()[0]
    assert 0.5 < row.count("█") / (60 - len("process 1  ")) < 0.8, "six of nine seconds"
