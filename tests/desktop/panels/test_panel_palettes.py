"""Every panel follows a change of the theme while it is on the screen."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QSplitter
from pytestqt.qtbot import QtBot
from support.builders import joined_run, plan

from desktop.facts.selection import ProcessSelection
from desktop.look.palette import DARK, LIGHT, Palette
from desktop.look.theme import apply_theme
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.interval.interval_panel import IntervalPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.panels.tasks.tasks_panel import TasksPanel
from workers.plan.listing import make_listing
from workers.system.machine import Machine

AnyPanel = (
    PlanPanel | OutputPanel | ProcessesPanel | CodePanel | FindingsPanel | DetailsPanel | TasksPanel | IntervalPanel
)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    style, palette = qapp.style().objectName(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


@pytest.fixture(
    params=[PlanPanel, OutputPanel, ProcessesPanel, CodePanel, FindingsPanel, DetailsPanel, TasksPanel, IntervalPanel]
)
def panel(app: QApplication, qtbot: QtBot, request: pytest.FixtureRequest) -> AnyPanel:
    apply_theme(app, LIGHT)
    window = QSplitter()
    qtbot.addWidget(window)
    made: AnyPanel = PlanPanel(lambda: Machine(10**9, 2)) if request.param is PlanPanel else request.param()
    window.addWidget(made)
    window.resize(400, 500)
    window.show()
    if isinstance(made, CodePanel):
        made.show_listing(make_listing(plan()))
    if not isinstance(made, PlanPanel):
        made.set_timeline(joined_run(4, exit_codes={3: -9}))
        made.show_selection(ProcessSelection(2))
    made.set_palette(LIGHT)
    request.node.window = window  # keeps it until the test is over
    return made


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_a_shown_panel_takes_the_new_colours(app: QApplication, panel: AnyPanel, palette: Palette) -> None:
    for one in (DARK, LIGHT, palette):
        apply_theme(app, one)
        panel.set_palette(one)
    picture = panel.grab().toImage()
    step = range(2, min(picture.width(), picture.height()) - 2, 3)
    grounds = {QColor(palette.window).name(), QColor(palette.base).name(), QColor(palette.band).name()}
    pixels = [picture.pixelColor(x, y).name() for x in step for y in step]
    assert sum(pixel in grounds for pixel in pixels) > 0.6 * len(pixels)
    other = LIGHT if palette.dark else DARK
    assert pixels.count(other.window) + pixels.count(other.base) < 0.02 * len(pixels)
