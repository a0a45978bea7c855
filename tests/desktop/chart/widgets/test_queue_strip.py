"""The strip of waiting tasks: its area stands on the axis of the chart, and it is there where tasks queued."""

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from support.builders import SECOND, running_run

from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.view import TimelineView
from desktop.chart.widgets.queue_strip import QueueStrip
from desktop.look.palette import DARK, LIGHT
from workers.timeline.timeline import Timeline


def queued(tasks: int = 4) -> Timeline:
    """Tasks that are submitted at 2 s, and begin one each second."""
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    for number in range(tasks):
        task = timeline.begin_task(2, "work", (3 + number) * SECOND)
        timeline.submit_task(task, 2 * SECOND)
        timeline.finish_task(task, (3 + number) * SECOND + 5, None)
    return timeline


def strip_of(qtbot: QtBot, timeline: Timeline) -> QueueStrip:
    strip = QueueStrip()
    qtbot.addWidget(strip)
    strip.set_unit(1.0)
    strip.resize(1000, strip.height())
    strip.show_run(timeline)
    strip.show_interval(TimeScale(0, 10 * SECOND, 0.0, 1000.0))
    return strip


def test_the_area_is_as_high_as_tasks_wait(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, queued())
    for palette in (LIGHT, DARK):
        strip.set_palette(palette)
        image = strip.grab().toImage()
        ground = QColor(palette.base)
        heights = [
            sum(image.pixelColor(x, y) != ground for y in range(strip.height() - 1))
            for x in (150, 250, 350, 450, 550, 650)
        ]
        assert heights[0] == heights[5] == 0
        assert heights[1] > heights[2] > heights[3] > heights[4] > 0


def test_its_words(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, queued())
    assert strip.words_at(350) == (
        "3 tasks submitted and not begun at 3.500 s\n4 tasks waited for a worker at once, at most."
    )
    assert strip.accessibleDescription() == "4 tasks waited for a worker at once, at most."


def test_it_is_there_where_tasks_queue(qtbot: QtBot) -> None:
    assert not strip_of(qtbot, queued()).isHidden()
    assert strip_of(qtbot, queued(1)).isHidden()
    assert strip_of(qtbot, running_run(2)).isHidden()
    strip = strip_of(qtbot, queued())
    strip.forget()
    assert strip.isHidden()
    strip.never_show()
    strip.show_run(queued())
    assert strip.isHidden()


def test_it_follows_the_axis_of_the_chart(qtbot: QtBot) -> None:
    view = TimelineView(LIGHT)
    qtbot.addWidget(view)
    view.resize(1000, 400)
    view.show()
    view.set_timeline(queued())
    strip = view.findChild(QueueStrip)
    assert strip is not None
    assert not strip.isHidden()
    view.show_time(2 * SECOND, 4 * SECOND)
    middle = view.scale.x(2 * SECOND + SECOND // 2) * view.unit_px
    assert strip.words_at(middle).startswith("4 tasks submitted and not begun at 2.5")
