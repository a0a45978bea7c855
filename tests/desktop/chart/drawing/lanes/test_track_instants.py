"""Instants of a trace have a thin row of their own: a tick each where few are in view, and else a strip of density."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from support.builders import SECOND, traced_run

from desktop.chart.drawing.chart import AXIS_PX, Chart
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.row_layout import LEVEL_PX
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.track_depths import instants, level
from desktop.look.palette import LIGHT
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Flows

pytestmark = pytest.mark.usefixtures("qapp")

MARKS = 75_000


def marked(moments: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Timeline:
    """A trace whose first track has an instant at each of these moments, and no flows."""
    timeline = traced_run(1)
    timeline.flows = Flows.none()
    names = np.zeros(len(moments), np.uint32)
    timeline.tracks[0] = replace(timeline.tracks[0], mark_t=moments, mark_name=names)
    return timeline


def painted(timeline: Timeline, row_px: int = 46) -> tuple["np.ndarray[tuple[int, int], np.dtype[np.uint32]]", Chart]:
    """The pixels of the whole run."""
    image = QImage(900, 200, QImage.Format.Format_RGB32)
    rows = Rows.of(timeline, Arrangement(row_px=row_px))
    chart = Chart(timeline, rows, QRectF(0, 0, 900, 200), 0, timeline.now_ns)
    painter = QPainter(image)
    paint_chart(painter, ChartStyle(LIGHT), chart)
    painter.end()
    return np.ndarray((200, 900), np.uint32, image.constBits()).copy(), chart


@pytest.mark.parametrize("row_px", [46, 12])
def test_instants_by_the_thousand_cover_no_pixel_of_a_span(row_px: int) -> None:
    bare = painted(marked(np.array([-SECOND])), row_px)[0]  # an instant that is not in view
    full, chart = painted(marked(np.linspace(0, 9 * SECOND, MARKS).astype(np.int64)), row_px)
    row = chart.rows[1]
    top, high = instants(row)
    strip = slice(round(AXIS_PX + row.top_px + top), round(AXIS_PX + row.top_px + top + high))
    changed = (full != bare).any(axis=1).nonzero()[0]
    assert changed.tolist() == list(range(strip.start, strip.stop))
    assert level(row, 2, 0)[0] >= top + high


def test_a_column_is_darker_the_more_instants_it_holds() -> None:
    scale = painted(marked(np.array([0])))[1].scale
    moments = [scale.at(100.5), *(scale.at(200.5 + part / 100) for part in range(6))]
    moments += [scale.at(300.5 + part / 100) for part in range(30)]
    moments += [scale.at(400.5 + part / 2) for part in range(200)]  # so many that none has a head
    pixels, chart = painted(marked(np.sort(np.array(moments, np.int64))))
    line = pixels[round(AXIS_PX + chart.rows[1].top_px + instants(chart.rows[1])[0]) + 4]
    shades = [int(line[at - 2 : at + 3].min() & 255) for at in (50, 100, 200, 300)]
    assert shades == sorted(set(shades), reverse=True)


def test_each_instant_of_a_few_has_a_tick_and_a_head() -> None:
    pixels, chart = painted(marked(np.array([2, 4, 7], np.int64) * SECOND))
    top = round(AXIS_PX + chart.rows[1].top_px + instants(chart.rows[1])[0])
    heads = np.flatnonzero(np.diff((pixels[top] == pixels[top, round(chart.scale.x(4 * SECOND))]).astype(int)) == 1)
    assert len(heads) == 3
    assert heads == pytest.approx([chart.scale.x(at * SECOND) - 3 for at in (2, 4, 7)], abs=2)


def test_a_track_of_instants_alone_has_them_over_its_row() -> None:
    timeline = marked(np.array([SECOND]))
    spans = timeline.tracks[0].spans
    empty = {name: getattr(spans, name)[:0] for name in ("t0", "t1", "kind", "name", "depth")}
    timeline.tracks[0] = replace(timeline.tracks[0], spans=type(spans)(**empty))
    pixels, chart = painted(timeline)
    row = chart.rows[1]
    assert row.instants_px == LEVEL_PX
    line = pixels[round(AXIS_PX + row.top_px + row.height_px / 2)]
    x = round(chart.scale.x(SECOND))
    assert len(set(line[x - 2 : x + 3].tolist())) == 2
