"""Which rows of a run that goes on must be painted anew where nothing else of the chart has changed. The window's thread.

A run is followed at a scale that stands still for many frames, and of a long one a pixel column is many frames wide: in most
of them all that is new are tasks, and of these each lane shows what came at most once a column. Painting those lanes alone
costs less than half of painting all.
"""

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.painting import grid_of
from desktop.chart.geometry.row import Row
from desktop.facts.selection import TaskSelection


class Repaint:
    """Knows the chart that was shown last."""

    def __init__(self) -> None:
        self._chart: Chart | None = None
        self._known: tuple[object, ...] = ()

    def rows(self, chart: Chart, style: ChartStyle) -> list[int] | None:
        """The indices of those rows of the chart that is to be shown now; None where all of it must be painted."""
        timeline, images = chart.timeline, chart.images
        world, first = grid_of(chart.scale, chart.detail)
        known = (id(style), timeline.facts, timeline.shape, timeline.lines_seen, timeline.ended,
                 world.column(timeline.now_ns))  # fmt: skip
        same = chart == self._chart and known == self._known
        self._chart, self._known = chart, known
        if not same or timeline.ended or images is None or chart.overlay.matches is not None:
            return None
        if isinstance(chart.selection, TaskSelection):
            return None  # its frame reaches beyond its row, and ends where the task does
        due = []
        for index in chart.visible:
            row = chart.rows[index]
            if not _shows_tasks_alone(row):
                return None
            lane = timeline.lane(row.process)
            if lane.tasks is not None and len(lane.tasks) and images.is_due(
                row.process, lane.tasks, lane.cut_ns, world, first, chart.detail, timeline.now_ns
            ):  # fmt: skip
                due.append(index)
        return due


def _shows_tasks_alone(row: Row) -> bool:
    """Whether nothing in it changes from frame to frame but the tasks: no text, no marks, nobody else's lanes."""
    return bool(row.process) and not (row.lined or row.track or row.counter or row.helpers_of or row.members)
