"""The complete picture: every lane as text in SVG, no bitmaps in it, well-formed whatever a name is, and true in pixels."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run, threaded_run, traced_run
from support.hanging_runs import two_locks

from desktop.chart.drawing import legend
from desktop.chart.drawing.chart import AXIS_PX, Chart
from desktop.chart.drawing.lanes.seen_signs import SeenSigns
from desktop.chart.geometry.rows import Rows
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.chart.pictures.run_picture import RunPicture, picture_size, subtitle
from desktop.facts.formatting import format_moment
from desktop.look.palette import DARK, LIGHT, Palette
from desktop.look.span_styles import SPAN_STYLES
from workers.timeline.model import ProcessKind, SpanKind, Suspend
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.usefixtures("qapp")


def svg(timeline: Timeline, title: str = "Four sorters") -> str:
    size = picture_size(timeline)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    painter = QPainter(generator)
    RunPicture(timeline, title=title).paint(painter, LIGHT, size, vector=True)
    painter.end()
    buffer.close()
    return bytes(data.data()).decode()


def image(timeline: Timeline, palette: Palette, scale: float = 1.0) -> QImage:
    size = picture_size(timeline)
    made = QImage((size * scale).toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.scale(scale, scale)
    RunPicture(timeline, title="Four sorters").paint(painter, palette, size, detail=scale)
    painter.end()
    return made


def texts(document: str) -> list[str]:
    return [
        "".join(node.itertext()).strip()
        for node in ElementTree.fromstring(document).iter()
        if node.tag.endswith("}text")
    ]


def test_svg_has_every_lane_the_title_the_plan_and_no_bitmap() -> None:
    timeline = joined_run(64)
    document = svg(timeline)
    said = texts(document)
    for process in timeline.processes:
        assert process.name in said
    assert "Four sorters" in said
    assert any(text.startswith("sort 10k, 20k") for text in said)
    assert "parent waits in join()" in said
    assert "join(Process-1)" in document or "Process-1" in said
    assert "<image" not in document
    assert "<pattern" not in document
    assert "data:" not in document


def test_svg_is_opaque() -> None:
    root = ElementTree.fromstring(svg(joined_run(4, exit_codes={2: -9})))
    faint = {node.get(name) for node in root.iter() for name in ("fill-opacity", "stroke-opacity", "opacity")}
    assert faint <= {None, "1", "1.0"}


def test_helpers_have_lanes_of_their_own_in_a_picture() -> None:
    timeline = running_run(1)
    timeline.add_process("resource tracker", ProcessKind.HELPER, 1)
    assert "resource tracker" in texts(svg(timeline))


def test_a_name_is_literal_text_and_cannot_break_the_document() -> None:
    timeline = running_run(3)
    timeline.process(2).name = "<img src=x>"
    timeline.process(3).name = "a\x00\x1b[31m\ud800"
    timeline.process(4).name = "\uffff"
    said = texts(svg(timeline, title="A & B \x07"))
    assert "<img src=x>" in said
    assert "A & B ‹BEL›" in said
    assert "a‹NUL›‹ESC›[31m‹U+D800›" in said
    assert "‹U+FFFF›" in said


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_raster_has_the_palette_and_the_bars(palette: Palette, scale: float) -> None:
    made = image(joined_run(4, exit_codes={2: -9}), palette, scale)
    colours = {made.pixelColor(x, y).name() for y in range(0, made.height(), 2) for x in range(0, made.width(), 3)}
    assert made.pixelColor(2, 2).name() == palette.base
    assert {palette.alive, palette.bad, palette.join, palette.good} <= colours


def test_a_picture_fits_whatever_size_it_is_given(qtbot: QtBot) -> None:
    made = QImage(600, 400, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    RunPicture(joined_run(64)).paint(painter, LIGHT, QSizeF(600, 400))
    painter.end()
    lowest, lane = ({made.pixelColor(x, y).name() for x in range(600)} for y in (399, 388))
    assert lowest == {LIGHT.base}  # the margin below the last lane is inside
    assert len(lane) > 1


def test_a_low_picture_has_lower_lanes_and_letters_of_the_usual_size(qtbot: QtBot) -> None:
    timeline, tag = joined_run(40), LIGHT.of_process(8)
    found = {}
    for height in (2400, 800):
        made = QImage(1200, height, QImage.Format.Format_RGB32)
        painter = QPainter(made)
        RunPicture(timeline).paint(painter, LIGHT, QSizeF(1200, height))
        painter.end()
        places = [(x, y) for y in range(height) for x in range(60) if made.pixelColor(x, y).name() == tag]
        found[height] = {x for x, _ in places}, len({y for _, y in places}) // 5
    assert len(found[800][0]) == len(found[2400][0]) == 4, "nothing is smaller from side to side"
    assert found[800][1] < found[2400][1]


def test_a_narrow_picture_is_laid_out_anew_before_it_is_made_smaller() -> None:
    timeline = joined_run(4)
    whole, half, tiny = (picture_size(timeline, width_px=width) for width in (1200, 700, 320))
    assert half.height() >= whole.height(), "the legend takes more lines"
    assert tiny.height() == pytest.approx(picture_size(timeline, width_px=640).height() / 2)


def test_a_suspend_is_a_gap_with_its_length_through_all_lanes() -> None:
    timeline = joined_run(3)
    whole = image(timeline, LIGHT)
    timeline.suspends.append(Suspend(1_500_000_000, 90_000_000_000))
    cut = image(timeline, LIGHT)
    bars = [y for y in range(whole.height()) if whole.pixelColor(900, y).name() == LIGHT.alive]
    changed = [x for x in range(whole.width()) if whole.pixel(x, bars[0]) != cut.pixel(x, bars[0])]
    assert 4 <= len(changed) <= 8
    assert changed == list(range(changed[0], changed[0] + len(changed)))
    assert "slept 90.000 s" in texts(svg(timeline))


def test_the_legend_explains_what_is_there_to_be_seen_and_nothing_else() -> None:
    of_run, of_trace = texts(svg(joined_run(2))), texts(svg(traced_run()))
    assert {"starting", "alive", "start()", "exit code 0", "joined", "printed line"} <= set(of_run)
    assert not {"task", "failed task", "is_alive() True", "is_alive() False", "failed or killed", "CPU used"} & set(
        of_run
    )
    assert {"span, coloured by its name", "mark", "flow", "counter"} <= set(of_trace)
    assert not {"task", "joined", "start()", "CPU used"} & set(of_trace)
    run, failed, threads = joined_run(1), joined_run(2, exit_codes={1: 3}), threaded_run()
    words = {sign: {text for _, text in legend.signs_of(*of)} for sign, of in
             (("run", (run,)), ("both", (run, failed)), ("threads", (threads,)))}  # fmt: skip
    assert "failed or killed" not in words["run"]
    assert "failed or killed" in words["both"]
    assert {"task", "failed task", "threads that run tasks"} <= words["threads"]
    every = legend.OF_RUNS + legend.OF_THREADS + legend.OF_TRACES
    assert [sign for sign in every if sign in legend.signs_of(run, traced_run())] == list(
        legend.signs_of(run, traced_run())
    )


def test_a_sign_that_comes_later_joins_the_legend_of_a_live_run() -> None:
    run, seen = joined_run(1), SeenSigns()
    assert "failed task" not in {text for _, text in legend.signs_seen(seen, run, [1, 2])}
    crunch, error = run.tasks.names.number("crunch"), run.tasks.names.number("ValueError")
    run.add_tasks(2, np.arange(600, dtype=np.int64) * MS, np.arange(600, dtype=np.int64) * MS + 1, crunch)
    assert {"task"} == {text for _, text in legend.signs_seen(seen, run, [1, 2])} & {"task", "failed task"}
    at = np.array([700 * MS])
    run.add_tasks(2, at, at + MS, crunch, np.array([error], np.uint32))
    assert "failed task" in {text for _, text in legend.signs_seen(seen, run, [1, 2])}


def test_waits_are_in_a_picture_and_in_its_legend_where_there_are_any() -> None:
    words = SPAN_STYLES[SpanKind.WAITING].legend
    assert words not in texts(svg(joined_run(2)))
    hung = texts(svg(two_locks("app.py")))
    assert words in hung
    assert any(text.startswith("waits for a lock · ") for text in hung)


def test_a_part_that_reaches_beyond_the_run_ends_with_it() -> None:
    timeline = joined_run(2)
    area = QRectF(0, 0, 800, AXIS_PX + 100)
    seen = PictureExtent.seen(Chart(timeline, Rows.of(timeline), area, -SECOND, 2 * timeline.now_ns))
    assert subtitle(timeline, seen).endswith(f"from 0.000 s to {format_moment(timeline.now_ns)}")
