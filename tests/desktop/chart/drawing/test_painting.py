"""The painter's level of detail as pixels: a hundred thousand spans in a lane, one of them failed."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from support.builders import MS, SECOND, joined_run, running_run, traced_run

from desktop.chart.drawing.chart import AXIS_PX, Chart
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.drawing.lanes.idle import idle
from desktop.chart.drawing.legend import signs_of
from desktop.chart.drawing.overlay import Overlay
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import ProcessSelection, Selection, TaskSelection
from desktop.look.palette import LIGHT
from workers.journal.codes import Wait
from workers.timeline.lane_tasks import UNKNOWN_NS
from workers.timeline.lanes import Lane, Marks, Spans
from workers.timeline.model import Bookmark, ProcessKind, SpanKind, State
from workers.timeline.stacks import ThreadWait
from workers.timeline.timeline import Timeline

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
    paint_chart(painter, ChartStyle(LIGHT), chart)
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
    paint_chart(painter, ChartStyle(LIGHT), chart)
    painter.end()
    top = AXIS_PX + ROW_PX
    written = [x for x in range(800) for y in range(top, top + ROW_PX)
               if x > chart.scale.x(worker.exited_ns) + 12 and image.pixelColor(x, y).name() == LIGHT.bad_text]  # fmt: skip
    sign = chart.scale.x(worker.joined_ns) + 6
    assert written, "how it ended is written"
    assert max(written) < sign - 8 or min(written) > sign + 4


def painted(timeline: Timeline, detail: int, t0_ns: int = 0, caches: FrameCaches | None = None) -> list[str]:
    """The colours along the bar of the second lane, 500 ms from t0 on."""
    image = QImage(800 * detail, 200 * detail, QImage.Format.Format_RGB32)
    chart = Chart(timeline, Rows.of(timeline), QRectF(0, 0, 800, 200), t0_ns, t0_ns + 500_000_000, detail=detail)
    painter = QPainter(image)
    painter.scale(detail, detail)
    paint_chart(painter, ChartStyle(LIGHT), chart, caches)
    painter.end()
    y = (AXIS_PX + ROW_PX + BAR_TOP_PX + 5) * detail
    return [image.pixelColor(x, y).name() for x in range(800 * detail)]


def with_tasks(failed: tuple[int, ...]) -> Timeline:
    """A run of a second whose worker ran 200,000 tasks one after another; those of these numbers failed."""
    timeline = joined_run(1)
    t0 = np.arange(200_000, dtype=np.int64) * 5_000 + 50_000_000
    error = np.zeros(len(t0), np.uint32)
    error[list(failed)] = timeline.tasks.names.number("ValueError")
    timeline.add_tasks(2, t0, t0 + 5_000, np.full(len(t0), timeline.tasks.names.number("square"), np.uint32), error)
    return timeline


@pytest.mark.parametrize("detail", [1, 2, 4])
def test_a_failed_task_is_at_least_one_unit_wide(detail: int) -> None:
    line = painted(with_tasks((60_000, 61_000)), detail)
    bad = "".join("x" if colour == LIGHT.bad else " " for colour in line).split()
    assert bad == ["x" * detail] * 2


def test_a_failed_task_left_of_the_view_reaches_into_it_whether_its_columns_were_kept_or_not() -> None:
    timeline, kept = with_tasks(tuple(range(10_000, 100_000, 37))), FrameCaches()
    for step in range(60):
        t0_ns = 80_000_000 + step * 170_000
        assert painted(timeline, 4, t0_ns, kept) == painted(timeline, 4, t0_ns)


@pytest.mark.parametrize("detail", [1, 2])
def test_before_a_selected_task_its_wait_in_the_queue_is_drawn_where_it_is_known(detail: int) -> None:
    timeline = joined_run(1)
    t0 = np.array([100, 300, 450], np.int64) * MS
    submitted = np.array([UNKNOWN_NS, 150 * MS, 600 * MS], np.int64)  # the last one by a clock that is wrong
    name = timeline.tasks.names.number("square")
    timeline.add_tasks(2, t0, t0 + 50 * MS, name, None, submitted)

    def accent(selection: Selection | None, from_ns: int, to_ns: int) -> float:
        """The share of the pixels between two moments, below the names in the bar, that show the wait."""
        image = QImage(800 * detail, 200 * detail, QImage.Format.Format_RGB32)
        chart = Chart(
            timeline, Rows.of(timeline), QRectF(0, 0, 800, 200), 0, 500 * MS, detail=detail, selection=selection
        )
        painter = QPainter(image)
        painter.scale(detail, detail)
        paint_chart(painter, ChartStyle(LIGHT), chart)
        painter.end()
        row = chart.rows[1]
        top, height = row.bar_px
        y = int((chart.top(row) + top + height - 6) * detail)
        xs = range(round(chart.scale.x(from_ns) * detail) + detail, round(chart.scale.x(to_ns) * detail) - 4 * detail)
        return sum(image.pixelColor(x, y).name() == LIGHT.accent for x in xs) / len(xs)

    assert accent(TaskSelection(2, 0, 2), 150 * MS, 300 * MS) == 1
    assert accent(TaskSelection(2, 0, 2), 20 * MS, 145 * MS) == accent(TaskSelection(2, 0, 2), 310 * MS, 340 * MS) == 0
    for other in (None, TaskSelection(2, 0, 1), TaskSelection(2, 0, 3), ProcessSelection(2)):
        assert accent(other, 160 * MS, 290 * MS) == 0  # beside the frame of the first one


def test_a_worker_of_a_pool_is_pale_where_it_runs_no_task_and_no_other_process_is() -> None:
    timeline = running_run(2)
    pool, plain = timeline.process(2), timeline.process(3)
    pool.kind = ProcessKind.POOL_WORKER
    timeline.now_ns = 600 * MS
    pale = ChartStyle(LIGHT).colour(idle(ChartStyle(LIGHT))).name()
    solid, task = LIGHT.alive, ChartStyle(LIGHT).kind_colours[SpanKind.TASK].name()

    def at(moment_ns: int, row: int = 1) -> str:
        image = QImage(800, 300, QImage.Format.Format_RGB32)
        chart = Chart(timeline, Rows.of(timeline), QRectF(0, 0, 800, 300), 0, 500 * MS)
        painter = QPainter(image)
        paint_chart(painter, ChartStyle(LIGHT), chart)
        painter.end()
        top, _ = chart.rows[row].bar_px
        return image.pixelColor(round(chart.scale.x(moment_ns)), int(chart.top(chart.rows[row]) + top + 5)).name()

    assert [at(250 * MS), at(480 * MS)] == [solid, solid]  # no task of any worker is known
    t0 = np.array([200 * MS], np.int64)
    timeline.add_tasks(2, t0, t0 + 100 * MS, timeline.tasks.names.number("square"))
    assert [at(150 * MS), at(250 * MS), at(480 * MS)] == [pale, task, pale]
    assert at(480 * MS, 2) == solid
    plain.kind = ProcessKind.POOL_WORKER
    assert at(480 * MS, 2) == pale  # it has had no task so far
    timeline.left_out_tasks = 1
    assert [at(480 * MS), at(480 * MS, 2)] == [solid, solid]
    assert ("idle" in [sign for sign, _ in signs_of(timeline)]) is False
    timeline.left_out_tasks = 0
    assert "idle" in [sign for sign, _ in signs_of(timeline)]


AREA = QRectF(0, 0, 800, 300)


def chart_of(timeline: Timeline, t1_ns: int) -> Chart:
    return Chart(timeline, Rows.of(timeline), AREA, 0, t1_ns, detail=8)


def drawn_texts(chart: Chart) -> dict[str, tuple[float, float]]:
    """Where texts stand along the time axis in a drawing without headers: left and right edge by text."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(AREA.size().toSize())
    device.setViewBox(AREA)
    style = ChartStyle(LIGHT, vector=True)
    painter = QPainter(device)
    paint_chart(painter, style, chart)
    painter.end()
    found = {}
    for node in ElementTree.fromstring(bytes(data.data())).iter():
        if node.tag.endswith("}text"):
            text = "".join(node.itertext()).strip()
            found[text] = float(node.get("x", "")), float(node.get("x", "")) + style.width(style.name_font, text)
    return found


@pytest.mark.parametrize("collected_ms", [2, 30, 100, 400, 1_500])
def test_how_a_worker_ended_stands_clear_of_the_sign_of_its_join(collected_ms: int) -> None:
    timeline = joined_run(1, exit_codes={1: 3})
    child, call = timeline.process(2), timeline.calls[-1]
    assert child.exited_ns is not None
    child.reaped_ns = child.exited_ns + MS
    child.joined_ns = call.ended_ns = child.exited_ns + collected_ms * MS
    timeline.touch(2)
    end_ns = timeline.now_ns = child.joined_ns + 3_000 * MS
    chart = chart_of(timeline, end_ns)
    left, right = drawn_texts(chart)["exit 3"]
    joined = chart.scale.x(child.joined_ns)
    assert right < joined or left > joined + 9  # as wide as the sign is
    assert left > chart.scale.x(child.reaped_ns)


def test_a_name_of_which_too_little_would_be_left_is_not_begun() -> None:
    timeline = traced_run(1)
    timeline.names[1] = "a function with a long name"
    whole = drawn_texts(chart_of(timeline, timeline.now_ns))
    assert any(text.startswith("a function with a long name · ") for text in whole)
    shorter = [drawn_texts(chart_of(timeline, timeline.now_ns * times)) for times in range(2, 30)]
    parts = {text.removesuffix("…") for texts in shorter for text in texts if text.startswith("a f")}
    assert len(parts) > 1
    assert "…" not in {text for texts in shorter for text in texts}


def test_the_name_of_a_task_is_not_written_over_a_wait_in_it() -> None:
    """Letters over hatching cannot be read; the wait says itself what it is, where it has room."""
    timeline = running_run(1)
    timeline.add_tasks(2, np.array([SECOND]), np.array([9 * SECOND]), timeline.tasks.names.number("check"))
    for since_ns, until_ns in ((2 * SECOND, 5 * SECOND), (8 * SECOND, 8_500 * MS)):
        timeline.add_wait(2, ThreadWait(1001, True, Wait.LOCK, since_ns, until_ns))
    timeline.now_ns = 10 * SECOND
    chart = chart_of(timeline, timeline.now_ns)
    left, right = drawn_texts(chart)["check · 8.000 s"]
    assert chart.scale.x(5 * SECOND) < left < right < chart.scale.x(8 * SECOND)
    near = Chart(
        timeline, Rows.of(timeline), AREA, 8_300 * MS, 9 * SECOND, detail=8
    )  # the longest clear part is out of view
    left, right = drawn_texts(near)["check · 8.000 s"]
    assert near.scale.x(8_500 * MS) < left < right < near.scale.x(9 * SECOND)


def test_waits_that_cannot_be_seen_take_no_room_from_the_name_of_a_task() -> None:
    timeline = running_run(1)
    timeline.add_tasks(2, np.array([SECOND]), np.array([9 * SECOND]), timeline.tasks.names.number("check"))
    for at_ns in range(SECOND, 9 * SECOND, 100 * MS):
        timeline.add_wait(2, ThreadWait(1001, True, Wait.LOCK, at_ns, at_ns + 20_000))
    timeline.now_ns = 10 * SECOND
    assert "check · 8.000 s" in drawn_texts(chart_of(timeline, timeline.now_ns))


def test_a_time_that_the_flag_of_a_mark_would_cut_is_left_out() -> None:
    timeline = joined_run(2)
    chart = chart_of(timeline, 2 * SECOND)
    times = set(drawn_texts(chart))
    assert "1.0 s" in times
    at = round(SECOND + 20 * chart.scale.ns_per_px)  # its label stands right of the tick
    marked = replace(chart, overlay=Overlay(bookmarks=(Bookmark(at, "here"),)))
    assert set(drawn_texts(marked)) == times - {"1.0 s"} | {"here"}


@pytest.mark.parametrize("at_px", [12.0, 30.0, 300.0])
def test_the_line_of_the_present_moment_leaves_the_words_of_a_lane_that_has_not_begun(at_px: float) -> None:
    timeline = running_run(1)
    planned = timeline.add_process("Process-2", ProcessKind.WORKER, parent_id=1)
    assert planned.state is State.PLANNED
    image = QImage(800, 200, QImage.Format.Format_RGB32)
    chart = Chart(timeline, Rows.of(timeline), QRectF(0, 0, 800, 200), 0, 500_000_000)
    timeline.now_ns = round(chart.scale.at(at_px))
    painter = QPainter(image)
    paint_chart(painter, ChartStyle(LIGHT), chart)
    painter.end()
    line = [
        image.pixelColor(int(chart.scale.x(timeline.now_ns)), y).name() for y in range(AXIS_PX, AXIS_PX + 3 * ROW_PX)
    ]
    bar = slice(2 * ROW_PX + BAR_TOP_PX, 2 * ROW_PX + BAR_TOP_PX + BAR_PX)
    above, below = line[2 * ROW_PX + 1 : bar.start - 1], line[bar.stop + 1 : -2]
    assert set(above) == set(below) == {LIGHT.accent}
    assert (LIGHT.accent in line[bar]) is (at_px == 300.0)
