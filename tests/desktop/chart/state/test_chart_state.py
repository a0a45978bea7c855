"""When the rows are laid out."""

import pytest
from support.builders import joined_run

from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.state.chart_state import ChartState
from workers.timeline.model import ProcessKind


@pytest.mark.parametrize("more", [0, 600])
def test_a_run_of_many_processes_is_laid_out_once_as_any_other(more: int) -> None:
    timeline = joined_run(3)
    for number in range(more):
        timeline.add_process(f"more-{number}", ProcessKind.WORKER, 1)
    state = ChartState(timeline)
    state.arrangement = Arrangement(fills=True)
    state.room_px = 700.0
    state.take_in()
    rows = state.rows
    assert len(rows) == 4 + more
    state.take_in()
    assert state.rows is rows
