"""Flows of a trace: all of a few in view, of many those of the selection."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from support.builders import SECOND, traced_run

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.flows import FEW_FLOWS, MOST_CHOSEN, flows_of
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import InstantSelection, ProcessSelection, Selection, SpanSelection, TrackSelection
from desktop.look.palette import LIGHT
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Flows


def with_flows(count: int) -> Timeline:
    """A trace with so many flows from the first track, at 2 s and later, to the third one."""
    timeline = traced_run(2)
    ids = np.ones(count, np.int32)
    leaves = 2 * SECOND + np.arange(count, dtype=np.int64)
    timeline.flows = Flows(ids, leaves, ids * 3, leaves + 5 * SECOND, np.zeros(count, np.uint32))
    return timeline


def image_of(timeline: Timeline, selection: Selection | None = None, view: tuple[int, int] | None = None) -> QImage:
    t0, t1 = view or (0, timeline.now_ns)
    image = QImage(900, 300, QImage.Format.Format_RGB32)
    chart = Chart(timeline, Rows.of(timeline), QRectF(0, 0, 900, 300), t0, t1, selection=selection)
    painter = QPainter(image)
    paint_chart(painter, ChartStyle(LIGHT), chart)
    painter.end()
    return image


def arrows(image: QImage) -> int:
    """How many pixels have the colour of a selected arrow's head."""
    pixels = np.ndarray((image.height(), image.width()), np.uint32, image.constBits())
    return int((pixels == QColor(LIGHT.text).rgb()).sum())


@pytest.mark.usefixtures("qapp")
def test_few_flows_are_drawn_and_of_many_those_of_the_selection() -> None:
    without = image_of(with_flows(0))
    assert image_of(with_flows(FEW_FLOWS)) != without
    many = with_flows(FEW_FLOWS + 1)
    assert image_of(many) == without
    chosen = SpanSelection(1, SECOND, track=1, span=1)
    other = SpanSelection(1, 6 * SECOND, track=1, span=2)
    assert arrows(image_of(many, chosen)) > arrows(image_of(with_flows(0), chosen)), "its arrows are drawn"
    assert image_of(many, other) == image_of(with_flows(0), other), "it has none"


@pytest.mark.usefixtures("qapp")
def test_a_selection_of_very_many_flows_draws_none_of_them() -> None:
    timeline, selection = with_flows(MOST_CHOSEN + 1), TrackSelection(1, 1)
    assert image_of(timeline, selection) == image_of(with_flows(0), selection)
    fewer = with_flows(MOST_CHOSEN)
    assert image_of(fewer, selection) != image_of(with_flows(0), selection)


def test_which_flows_belong_to_a_selection() -> None:
    timeline = with_flows(3)
    timeline.flows = replace(timeline.flows, from_t=np.array([0, 2, 6], np.int64) * SECOND)
    among = np.array([0, 1, 2])

    def of(selection: Selection) -> list[bool]:
        return flows_of(timeline, selection, among).tolist()

    assert of(SpanSelection(1, SECOND, track=1, span=1)) == [False, True, False]
    assert of(SpanSelection(1, 6 * SECOND, track=1, span=2)) == [False, False, True], "it was never closed"
    assert of(SpanSelection(2, 0, track=3, span=0)) == [True, True, True], "they arrive there"
    assert of(SpanSelection(2, 0, track=4, span=0)) == [False, False, False]
    assert of(InstantSelection(1, 2 * SECOND, track=1, instant=0)) == [False, True, False]
    assert of(TrackSelection(1, 2)) == [False, False, False]
    assert of(ProcessSelection(2)) == [True, True, True]
