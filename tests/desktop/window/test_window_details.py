"""Small things of the window that a person sees: placeholders, popups, the toolbar, the palette's places."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support import builders
from support.widgets import find
from support.windows import button, open_window, show_run

from desktop.facts.selection import ProcessSelection
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan
from workers.plan.presets import PRESETS
from workers.system.machine import look_at_machine
from workers.timeline.model import Bookmark

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEAST = 4.5


def luminance(colour: QColor) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(over: QColor, ground: QColor) -> float:
    share = over.alphaF()
    mixed = QColor.fromRgbF(
        *(a * share + b * (1 - share) for a, b in zip(over.getRgbF()[:3], ground.getRgbF()[:3], strict=True))
    )
    light, dark = sorted((luminance(mixed), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ground_of(widget: QWidget) -> QColor:
    """The colour that most of the widget has."""
    place = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    image = widget.window().grab(place).toImage()
    found = [
        image.pixelColor(x, y).name() for x in range(3, image.width() - 3, 2) for y in range(3, image.height() - 3, 2)
    ]
    return QColor(max(set(found), key=found.count))


@pytest.mark.parametrize("theme", [1, 2], ids=["light", "dark"])
def test_every_placeholder_can_be_read(window: MainWindow, qtbot: QtBot, theme: int) -> None:
    window.contents.actions.themes.actions()[theme].trigger()
    show_run(window, builders.joined_run(2))
    window.contents.views.chart.search()
    window.contents.layout.folding.open_tabs()
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL | SHIFT)
    roots = [window, *(w for w in QApplication.topLevelWidgets() if w.objectName() == "command_palette")]
    tabs = [find(window, QTabWidget, name) for name in ("tabs", "sources")]
    measured: dict[str, float] = {}
    for tab in tabs:
        for at in range(tab.count()):
            tab.setCurrentIndex(at)
            QApplication.processEvents()
            for widget in (one for root in roots for one in root.findChildren(QWidget)):
                if (
                    isinstance(widget, QLineEdit | QPlainTextEdit | QComboBox)
                    and widget.isVisible()
                    and widget.placeholderText()
                ):
                    over = widget.palette().color(QPalette.ColorRole.PlaceholderText)
                    measured[widget.objectName()] = contrast(over, ground_of(widget))
    roots[-1].close()
    assert {"lane_filter", "output_search", "script_path", "command", "presets"} <= set(measured)
    assert {name: ratio for name, ratio in measured.items() if ratio < LEAST} == {}


def test_all_choices_open_alike(window: MainWindow) -> None:
    boxes = [box for box in window.findChildren(QComboBox) if box.objectName()]
    assert len(boxes) > 4
    ours = []
    for box in boxes:
        option = QStyleOptionComboBox()
        option.editable = box.isEditable()
        ours.append(box.style().styleHint(QStyle.StyleHint.SH_ComboBox_Popup, option, box))
    assert set(ours) == {0}


def test_no_button_of_the_toolbar_is_lost_in_a_narrow_window_with_large_letters(qtbot: QtBot) -> None:
    usual = QFont(QApplication.font())
    font = QFont(usual)
    font.setPointSize(16)
    QApplication.setFont(font)
    try:
        made = open_window(qtbot)
        export, icon = button(made, "export"), Qt.ToolButtonStyle.ToolButtonIconOnly
        made.resize(900, 510)
        qtbot.waitUntil(lambda: made.width() == 900)
        assert export.isVisible()
        assert export.geometry().right() < made.bar.width()
        assert (export.toolButtonStyle(), export.accessibleName()) == (icon, "Export picture")
        assert button(made, "start").toolButtonStyle() is not icon
        made.resize(1400, 510)
        qtbot.waitUntil(lambda: export.toolButtonStyle() is not icon)
        assert not find(made, QToolButton, "qt_toolbar_ext_button").isVisible()
        assert made.close()
    finally:
        QApplication.setFont(usual)


@pytest.mark.parametrize(("letters", "wanted"), [
    ("tab events", "Tab: Events"), ("alive between", "Preset: is_alive() between the joins"),
    ("process-2", "Process: Process-2"), ("full", "Present (full screen)"),
])  # fmt: skip
def test_the_palette_finds_tabs_presets_processes_and_the_full_screen(
    window: MainWindow, qtbot: QtBot, letters: str, wanted: str
) -> None:
    show_run(window, builders.joined_run(3))
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL | SHIFT)
    (palette,) = [w for w in QApplication.topLevelWidgets() if w.objectName() == "command_palette"]
    field, entries = find(palette, QLineEdit, "command"), find(palette, QTreeWidget, "commands")
    qtbot.keyClicks(field, letters)
    first = entries.topLevelItem(0)
    assert first is not None
    assert first.text(0).startswith(wanted)
    if wanted.startswith("Present"):
        palette.close()
        return
    qtbot.keyClick(field, Qt.Key.Key_Return)
    tabs = find(window, QTabWidget, "tabs")
    match wanted.partition(":")[0]:
        case "Tab":
            assert tabs.tabText(tabs.currentIndex()) == "Events"
        case "Preset":
            plan = window.contents.sources.plan.plan()
            assert (plan.sizes, plan.steps) == (PRESETS[2].quick_sizes(look_at_machine()), PRESETS[2].order.steps(2))
        case _:
            assert window.contents.views.selection == ProcessSelection(3)


def test_changes_of_the_plan_are_undone_and_redone(window: MainWindow, qtbot: QtBot) -> None:
    plan = window.contents.sources.plan
    undo, redo = window.contents.actions.undo, window.contents.actions.redo
    plan.set_plan(Plan.make([40_000_000, 60_000_000]))
    plan.edits.clear()
    assert not undo.isEnabled()
    window.activateWindow()
    slider = find(window, QSlider, "size_all")
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    for _ in range(12):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    moved = plan.plan()
    assert moved.sizes != (40_000_000, 60_000_000)
    assert undo.text() == "&Undo change of the plan"
    combo = find(window, QComboBox, "steps")
    combo.setCurrentText(str(Order.ONE_BY_ONE))
    combo.setEditText("nonsense")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Z, CONTROL)
    assert plan.plan() == moved
    qtbot.keyClick(slider, Qt.Key.Key_Z, CONTROL)
    assert plan.plan() == Plan.make([40_000_000, 60_000_000]), "a slider that was moved without a pause is one change"
    assert not undo.isEnabled()
    for _ in range(2):
        qtbot.keyClick(slider, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert (plan.plan().sizes, plan.plan().order_text) == (moved.sizes, Order.ONE_BY_ONE)
    assert not redo.isEnabled()


def test_undo_takes_back_what_one_works_on(window: MainWindow, qtbot: QtBot) -> None:
    timeline = show_run(window, builders.joined_run(2))
    plan, chart = window.contents.sources.plan, window.contents.views.chart
    before = plan.plan()
    plan.choose_preset(1)
    window.contents.marks.replace(None, Bookmark(5, "here"))
    window.activateWindow()
    chart.setFocus()
    qtbot.waitUntil(chart.hasFocus)
    assert window.contents.actions.undo.text() == "&Undo add mark"
    window.contents.actions.undo.trigger()
    assert (timeline.bookmarks, plan.plan() == before) == ([], False)
    window.contents.actions.undo.trigger()
    assert plan.plan() == before
