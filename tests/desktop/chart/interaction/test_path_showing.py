"""The critical path over the lanes: by a key, drawn where its steps are, said, and spoken of each lane."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.builders import joined_run, pooled_run, running_run, traced_run
from support.charts import canvas, open_view

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.view import TimelineView
from desktop.look.palette import LIGHT
from workers.analysis.critical_path import critical_path
from workers.report.path_text import path_sentence

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def press_c(view: TimelineView, qtbot: QtBot) -> list[str]:
    """Press the key; what the view says."""
    said: list[str] = []
    view.said.connect(said.append)
    qtbot.keyClick(canvas(view), Qt.Key.Key_C)
    view.said.disconnect(said.append)
    QApplication.processEvents()
    return said


def picture(view: TimelineView) -> QImage:
    return canvas(view).grab().toImage()


def test_the_key_shows_the_path_says_it_and_hides_it(qtbot: QtBot) -> None:
    timeline = joined_run(3)
    view = open_view(qtbot, timeline)
    view.fit()
    shown: list[bool] = []
    view.path_shown.connect(shown.append)
    QApplication.processEvents()
    before = picture(view)
    path = critical_path(timeline)
    assert path is not None
    assert press_c(view, qtbot) == [path_sentence(timeline, path)]
    after = picture(view)
    assert after != before
    ends = path.steps[3]  # of the worker that ended last
    row = view.state.rows.row_of(ends.process)
    assert row is not None
    assert ends.process == 4
    x = round(view.scale.x((ends.began_ns + ends.ended_ns) // 2))
    y = round(AXIS_PX + view.state.rows.y(row, 0) + sum(row.bar_px) - 1.5)
    assert after.pixelColor(x, y).name() == LIGHT.text.lower() != before.pixelColor(x, y).name()
    assert press_c(view, qtbot) == ["The critical path is hidden."]
    assert picture(view) == before
    assert shown == [True, False]


def test_a_link_that_is_inferred_is_dotted(qtbot: QtBot) -> None:
    view = open_view(qtbot, pooled_run(20))
    view.fit()
    press_c(view, qtbot)
    path = view.state.path
    assert path is not None
    step = next(one for one in path.steps if one.inferred)
    row, above = (view.state.rows.row_of(process) for process in (step.process, 1))
    assert row is not None
    assert above is not None
    x = round(view.scale.x(step.ended_ns))
    top, bottom = (round(AXIS_PX + view.state.rows.y(one, 0) + sum(one.bar_px)) for one in (above, row))
    image, text = picture(view), LIGHT.text.lower()
    seen = [any(image.pixelColor(x + by, y).name() == text for by in (-1, 0)) for y in range(top + 3, bottom - 4)]
    assert any(seen)
    assert not all(seen)


def test_of_a_run_that_goes_on_it_comes_with_the_end(qtbot: QtBot) -> None:
    timeline = running_run(2)
    view = open_view(qtbot, timeline)
    assert press_c(view, qtbot) == ["The critical path is shown once the run has ended."]
    assert view.state.overlay().path == ()
    ended = joined_run(2)
    view.set_timeline(ended)  # a key that is on stays on
    path = critical_path(ended)
    assert path is not None
    assert view.state.overlay().path == path.steps


def test_a_trace_has_none_and_says_so(qtbot: QtBot) -> None:
    view = open_view(qtbot, traced_run())
    (said,) = press_c(view, qtbot)
    assert said.startswith("There is no critical path of a trace")
    assert not view.state.shows_path


def test_a_screen_reader_hears_of_each_lane_for_how_long_it_is_on_the_path(qtbot: QtBot) -> None:
    view = open_view(qtbot, joined_run(3))
    spoken = QAccessible.queryAccessibleInterface(canvas(view))

    def names() -> list[str]:
        return [spoken.child(at).text(QAccessible.Text.Name) for at in range(spoken.childCount())]

    assert not any("critical" in name for name in names())
    press_c(view, qtbot)
    told = {name.split(",")[0]: name for name in names() if "critical" in name}
    assert set(told) == {"program", "Process-3"}
    assert told["Process-3"].endswith("; on the critical path for 3.004 s")
