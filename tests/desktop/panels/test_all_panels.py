"""The list of panels: what it says of each is true of the panel, and all of them can be driven alike."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from support.builders import joined_run
from support.widgets import find

from desktop.facts.selection import ProcessSelection
from desktop.look.palette import DARK
from desktop.panels.all_panels import PANELS, PanelEntry
from desktop.panels.stacks.stacks_panel import StacksPanel


@pytest.mark.parametrize("entry", PANELS, ids=lambda entry: entry.make.__name__)
def test_the_widgets_that_the_tab_key_reaches_are_there(entry: PanelEntry, qtbot: QtBot) -> None:
    panel = entry.make()
    qtbot.addWidget(panel)
    if isinstance(panel, StacksPanel):
        panel.set_action(QAction("What is it doing?", panel))  # the window gives it its button
    for name in entry.stops:
        widget = panel if panel.objectName() == name else find(panel, QWidget, name)
        assert widget is not None, name
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, name


@pytest.mark.parametrize("entry", PANELS, ids=lambda entry: entry.make.__name__)
def test_every_panel_is_driven_alike(entry: PanelEntry, qtbot: QtBot) -> None:
    panel, timeline = entry.make(), joined_run(2)
    qtbot.addWidget(panel)
    with qtbot.assertNotEmitted(panel.selected):
        panel.set_palette(DARK)
        panel.set_timeline(timeline)
        panel.show_selection(ProcessSelection(2))
        panel.refresh()
        panel.show_selection(None)
        panel.set_timeline(None)
        panel.refresh()


def test_no_two_tabs_have_one_key() -> None:
    keys = [key.lower() for entry in PANELS for key in re.findall("&(.)", entry.title)]
    assert len(keys) == len(set(keys))
