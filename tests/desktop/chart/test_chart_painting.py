"""The painter's level of detail as pixels: a hundred thousand spans in a lane, one of them failed."""

import numpy as np
import pytest
from builders import MS, SECOND, joined_run, running_run
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from desktop.chart.arrangement import ROW_PX
from desktop.chart.chart import AXIS_PX, Chart, paint
from desktop.chart.ink import Ink
from desktop.chart.row import BAR_TOP_PX
from desktop.chart.rows import Rows
from desktop.palette import LIGHT
from workers.lanes import Lane, Marks, Spans
from workers.model import SpanKind
from workers.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")


class Dense(Timeline):
    """A timeline whose second process has very many tasks, back to back but for one gap."""

    def lane(self, process_id: int) -> Lane:
        lane = super().lane(process_id)
        if process_id != 2:
            return lane
        t0 = np.arange(100_000, dtype=np.int64) * 5_000
        kind = np.full(100_000, SpanKind.TASK, np.uint8)
        kind[70_000] = SpanKind.FAILED
        kept = (t0 < 100_000_000) | (t0 >= 150_000_000)
        spans = Spans(t0[kept], t0[kept] + 4_000, kind[kept], np.zeros(int(kept.sum()), np.int32))
        return Lane(2, spans, Spans.of([]), Marks.of([]))


@pytest.mark.parametrize("detail", [1, 2])
def test_the_failed_span_of_a_hundred_thousand_is_seen_and_no_column_is_blank(detail: int) -> None:
    built = running_run(1)
    timeline = Dense()
    timeline.processes, timeline.now_ns = built.processes, built.now_ns
    image = QImage(800 * detail, 200 * detail, QImage.Format.Format_RGB32)
    chart = Chart(timeline, Rows.of(timeline), QRectF(0, 0, 800, 200), 0, 500_000_000, detail=detail)
    painter = QPainter(image)
    painter.scale(detail, detail)
    paint(painter, Ink(LIGHT), chart)
    painter.end()
    y = (AXIS_PX + ROW_PX + BAR_TOP_PX + 2) * detail
    line = [image.pixelColor(x, y).name() for x in range(800 * detail)]
    scale = chart.scale
    failed = int(scale.x(350_000_000) * detail)
    assert LIGHT.bad in line[failed - 1 : failed + 2]
    held = [x for x in range(800 * detail) if scale.at(x / detail) >= 0 and scale.at((x + 1) / detail) < 500_000_000]
    gap = range(int(scale.x(100_000_000) * detail) - 1, int(scale.x(150_000_000) * detail) + 2)
    assert {line[x] for x in held if x not in gap} == {LIGHT.starting, LIGHT.bad}
    assert LIGHT.starting not in line[gap.start + 4 : gap.stop - 4]


@pytest.mark.parametrize("joined_after_ns", [MS, 150 * MS, 250 * MS, 2 * SECOND])
def test_how_a_process_ended_and_the_sign_of_its_join_do_not_lie_on_each_other(joined_after_ns: int) -> None:
    run = joined_run(1, exit_codes={1: 3})
    worker = run.process(2)
    assert worker.exited_ns is not None
    worker.reaped_ns = worker.exited_ns + MS // 2  # by the start of another process, long before it was joined
    worker.joined_ns = worker.exited_ns + joined_after_ns
    run.touch(2)
    image = QImage(800, 200, QImage.Format.Format_RGB32)
    chart = Chart(run, Rows.of(run), QRectF(0, 0, 800, 200), 0, 4 * SECOND)
    painter = QPainter(image)
    paint(painter, Ink(LIGHT), chart)
    painter.end()
    top = AXIS_PX + ROW_PX
    written = [x for x in range(800) for y in range(top, top + ROW_PX)
               if x > chart.scale.x(worker.exited_ns) + 12 and image.pixelColor(x, y).name() == LIGHT.bad_text]  # fmt: skip
    sign = chart.scale.x(worker.joined_ns) + 6
    assert written, "how it ended is written"
    assert max(written) < sign - 8 or min(written) > sign + 4
