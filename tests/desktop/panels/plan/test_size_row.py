"""One size: its slider, its text, and the wheel that passes over it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QGridLayout, QScrollArea, QSlider, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.look.palette import DARK
from desktop.panels.plan.size_row import SizeRow, least_size, position_of, size_at
from desktop.widgets.still_wheel import StillWheel
from workers.errors import PlanError
from workers.plan.sizes import SizeUnit


@pytest.fixture
def home(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def row(home: QWidget) -> SizeRow:
    made = SizeRow("size_1", "Size of worker 1", "&1", 10_000_000)
    made.setParent(home)
    grid = QGridLayout(home)
    made.place(grid, 0)
    home.resize(260, 100)
    home.show()
    return made


@pytest.mark.parametrize(
    ("unit", "least", "most"),
    [
        (SizeUnit.NUMBERS, 10_000, 100_000_000),
        (SizeUnit.MICROSECONDS, 10_000, 100_000_000),
        (SizeUnit.BYTES, 1_000_000, 10**10),
    ],
)
def test_the_slider_spans_four_decades(unit: SizeUnit, least: int, most: int) -> None:
    assert size_at(0, unit) == least
    assert size_at(400, unit) == most
    assert position_of(least, unit) == 0
    assert position_of(most, unit) == 400


@given(st.integers(0, 400), st.sampled_from(list(SizeUnit)))
def test_a_position_gives_two_digits_and_comes_back(position: int, unit: SizeUnit) -> None:
    size = size_at(position, unit)
    assert len(str(size).rstrip("0")) <= 2
    assert abs(position_of(size, unit) - position) <= 3


@given(st.integers(1, 10**11), st.sampled_from(list(SizeUnit)))
def test_every_size_has_a_position(size: int, unit: SizeUnit) -> None:
    assert 0 <= position_of(size, unit) <= 400
    assert position_of(least_size(unit) * 10**5, unit) == 400


def test_keys_move_the_slider_by_a_tenth_and_a_whole_decade(row: SizeRow, qtbot: QtBot) -> None:
    row.set_size(10_000)
    seen = []
    for _ in range(4):
        qtbot.keyClick(row.slider, Qt.Key.Key_Right)
        seen.append(row.field.text())
    assert seen == ["13k", "16k", "20k", "25k"]
    qtbot.keyClick(row.slider, Qt.Key.Key_PageUp)
    assert row.size == 250_000
    qtbot.keyClick(row.slider, Qt.Key.Key_End)
    assert row.size == 100_000_000


def test_text_moves_the_slider_and_keeps_its_exact_value(row: SizeRow, qtbot: QtBot) -> None:
    row.field.selectAll()
    qtbot.keyClicks(row.field, "70_500k")
    assert row.size == 70_500_000
    assert row.slider.value() == position_of(70_500_000, SizeUnit.NUMBERS)
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert row.field.text() == "70.5M"
    assert row.size == 70_500_000


def test_bad_text_is_marked_and_said_until_it_is_mended(row: SizeRow, qtbot: QtBot) -> None:
    row.set_palette(DARK)
    plain = row.field.palette().color(QPalette.ColorRole.Text)
    with qtbot.waitSignal(row.changed):
        qtbot.keyClicks(row.field, "x")
    assert row.error == "'10Mx' is not a size: write a number such as 70M, 500k or 10000."
    assert row.field.accessibleDescription() == row.field.toolTip() == row.error
    assert row.field.palette().color(QPalette.ColorRole.Text) == QColor(DARK.bad)
    with pytest.raises(PlanError, match="10Mx"):
        _ = row.size
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    assert row.field.text() == "10Mx"
    qtbot.keyClick(row.field, Qt.Key.Key_Backspace)
    assert row.field.toolTip() == ""
    assert row.field.palette().color(QPalette.ColorRole.Text) == plain
    assert row.size == 10_000_000


def test_the_slider_mends_bad_text(row: SizeRow, qtbot: QtBot) -> None:
    qtbot.keyClicks(row.field, "x")
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.error == ""
    assert row.field.text() == "13M"


def test_times_are_written_as_times(row: SizeRow, qtbot: QtBot) -> None:
    row.set_unit(SizeUnit.MICROSECONDS)
    row.field.selectAll()
    qtbot.keyClicks(row.field, "1.5 s")
    assert row.size == 1_500_000


def test_the_slider_says_what_its_position_means(row: SizeRow) -> None:
    row.set_size(70_000_000)
    assert row.slider.accessibleName() == "Size of worker 1, slider"
    assert row.slider.accessibleDescription() == "70M numbers"


@pytest.mark.parametrize("kind", [QSlider, QSpinBox, QComboBox])
def test_the_wheel_passes_over_a_control_without_the_focus(qtbot: QtBot, kind: type[QWidget]) -> None:
    area, inside = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    control = kind()
    if isinstance(control, QComboBox):
        control.addItems(["a", "b", "c"])
    inside.setMinimumHeight(1_000)
    QVBoxLayout(inside).addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.resize(200, 200)
    area.show()
    wheel = StillWheel()
    wheel.guard(control)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    area.activateWindow()
    area.setFocus()
    before = _value(control)
    _turn(control, -120)
    assert _value(control) == before
    assert area.verticalScrollBar().value() > 0
    assert not control.hasFocus()
    area.verticalScrollBar().setValue(0)
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    _turn(control, 120 if isinstance(control, (QSlider, QSpinBox)) else -120)
    assert _value(control) != before


def _value(control: QWidget) -> int:
    return control.currentIndex() if isinstance(control, QComboBox) else control.value()  # type: ignore[attr-defined]


def _turn(control: QWidget, angle: int) -> None:
    window = control.window()
    at = control.mapTo(window, control.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(at), QPoint(0, angle))
