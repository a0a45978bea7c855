"""Widgets that paint themselves have the role that they were given, whenever a screen reader begins to look."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from support.spoken import NAME, spoken

from desktop.widgets.spoken_widgets import speak_as


@pytest.fixture
def _reader_runs() -> Iterator[None]:
    """As while a screen reader runs: Qt asks for an accessible object at each change."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.mark.usefixtures("_reader_runs")
def test_a_widget_that_had_a_name_before_has_its_role(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setAccessibleName("Whole run")
    before = spoken(widget).role()
    speak_as(widget, QAccessible.Role.Chart)
    assert before != spoken(widget).role() == QAccessible.Role.Chart
    assert spoken(widget).text(NAME) == "Whole run"
    widget.setAccessibleName("Part of it")
    speak_as(widget, QAccessible.Role.Chart)
    assert spoken(widget).role() == QAccessible.Role.Chart
    assert spoken(widget).text(NAME) == "Part of it"


def test_a_widget_has_its_role_without_a_screen_reader_too(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    speak_as(widget, QAccessible.Role.Document)
    assert spoken(widget).role() == QAccessible.Role.Document
