"""Which rows of a live run are painted again when nothing else of the chart has changed. The window's thread.

The scale of a followed run stays the same for many frames, and a pixel column of a long run is many frames wide. In most frames
only tasks are new, and each lane shows new tasks at most once a column. Painting those lanes alone costs less than half of
painting all.
"""

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.task_columns import ColumnRange
from desktop.facts.selection import TaskSelection


class Repaint:
    """Compares each chart with the one before. images: where the lanes' images are kept."""

    def __init__(self, images: LaneImages) -> None:
        self._images = images
        self._chart: Chart | None = None
        self._known: tuple[object, ...] = ()

    def rows(self, chart: Chart, style: ChartStyle) -> list[int] | None:
        """The indices of the rows to paint for this chart; None where all of it must be painted."""
        timeline = chart.timeline
        columns = ColumnRange.in_view(chart.scale, chart.detail, timeline.now_ns)
        now_column = columns.grid.column(timeline.now_ns)
        known = id(style), timeline.facts, timeline.shape, timeline.lines_seen, timeline.ended, now_column
        same = chart == self._chart and known == self._known
        self._chart, self._known = chart, known
        if not same or timeline.ended or chart.overlay.matches is not None:
            return None
        if isinstance(chart.selection, TaskSelection):
            return None  # its frame reaches beyond the row, and ends where the task does
        due = []
        for index in chart.visible:
            row = chart.rows[index]
            if not _shows_tasks_alone(row):
                return None
            lane = timeline.lane(row.process)
            if lane.tasks is None or not len(lane.tasks):
                continue
            if self._images.is_due(row.process, lane.tasks, lane.cut_ns, columns, chart.detail):
                due.append(index)
        return due


def _shows_tasks_alone(row: Row) -> bool:
    """Whether only the tasks of a row change from frame to frame: it has no text, no marks and no other lanes."""
    return bool(row.process) and not (row.lined or row.track or row.counter or row.helpers_of or row.members)
