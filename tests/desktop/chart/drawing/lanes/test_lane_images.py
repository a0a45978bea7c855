"""A lane's tasks as pixels: copied where a column is a pixel, stretched elsewhere, and the same either way."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.task_columns import ColumnRange, WorldGrid
from desktop.look.palette import LIGHT
from workers.timeline.task_store import LaneTasks
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")

COLUMNS, HEIGHT = 300, 20
GRID = WorldGrid(30_000, COLUMNS)


def tasks() -> LaneTasks:
    """Long and short tasks with gaps, some of which failed."""
    made, chance = LaneTasks(), np.random.default_rng(5)
    edges = np.sort(chance.integers(0, 90_000, 400))
    error = (chance.random(200) < 0.1).astype(np.uint32)
    made.extend(1, edges[0::2], edges[1::2] + 1, np.ones(200, np.uint32), error, None)
    return made


def drawn(images: LaneImages, lane: LaneTasks, first: int, *, exact: bool) -> QImage:
    image = QImage(COLUMNS + 12, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.alive))
    painter = QPainter(image)
    columns = ColumnRange(GRID, first, first + COLUMNS, 90_000)
    chart = Chart(Timeline(), Rows(), QRectF(12, 0, COLUMNS, HEIGHT), 0, 90_000)
    frame = PaintFrame(
        painter, ChartStyle(LIGHT), chart, chart.timeline, chart.scale, chart.lanes, columns, columns.edges, exact
    )
    images.draw(frame, 1, lane, None, QRectF(12, 4, COLUMNS, 9))
    painter.end()
    return image


@pytest.mark.parametrize("first", [0, 100, 437])
def test_what_is_copied_is_what_would_be_stretched(first: int) -> None:
    lane, images = tasks(), LaneImages()
    drawn(images, lane, 0, exact=True)  # so that the image begins elsewhere than the view
    copied = drawn(images, lane, first, exact=True)
    assert copied == drawn(LaneImages(), lane, first, exact=False)
    colours = {copied.pixelColor(x, 8).name() for x in range(12, 12 + COLUMNS)}
    assert {LIGHT.alive, LIGHT.bad} < colours
    assert {copied.pixelColor(x, y).name() for x in range(COLUMNS + 12) for y in (3, 13)} == {LIGHT.alive}
