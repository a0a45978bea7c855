"""The theme: which palette is chosen, and what Qt's controls are told."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
)
from pytestqt.qtbot import QtBot

from desktop.look.palette import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH, Palette
from desktop.look.theme import apply_theme, choose_palette, qt_palette
from desktop.settings import Settings
from desktop.window.main_window import MainWindow


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    # Widgets that earlier tests gave up are still waiting for an event loop, and would all be given the new style.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    style, palette, font = qapp.style().objectName(), qapp.palette(), qapp.font()
    yield qapp
    qapp.setFont(font)
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def test_choose_palette_follows_the_setting(app: QApplication) -> None:
    assert choose_palette("light", app) is LIGHT
    assert choose_palette("dark", app) is DARK


def test_choose_palette_is_light_where_the_desktop_says_nothing(app: QApplication) -> None:
    assert choose_palette("system", app) is LIGHT  # offscreen, Qt's colour scheme is Unknown


def test_no_style_stays_of_windows_that_were_closed(app: QApplication) -> None:
    def styles() -> int:
        gc.collect()
        return sum(isinstance(one, QStyle) for one in gc.get_objects())

    def one_window() -> None:
        window = MainWindow(Settings())
        for action in window.contents.actions.themes.actions():
            action.trigger()
        window.contents.let_go()
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    one_window()
    before = styles()
    for _ in range(20):
        one_window()
    assert styles() <= before


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_apply_theme_can_be_repeated(app: QApplication, qtbot: QtBot, palette: Palette) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    for one in (LIGHT, DARK, palette):
        apply_theme(app, one)
    field.ensurePolished()
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(palette.window)
    assert field.palette().color(QPalette.ColorRole.Base) == QColor(palette.base)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_disabled_text_differs_from_enabled_and_can_still_be_seen(palette: Palette) -> None:
    colours = qt_palette(palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
        off = colours.color(QPalette.ColorGroup.Disabled, role)
        on = colours.color(QPalette.ColorGroup.Active, role)
        assert _contrast(on, off) > 1.8
        assert _contrast(off, QColor(palette.window)) > 1.8


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_frame_of_a_field_stands_out_from_the_window(app: QApplication, qtbot: QtBot, palette: Palette) -> None:
    apply_theme(app, palette)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(100, 24)
    picture = field.grab().toImage()
    edge = max((_contrast(picture.pixelColor(50, y), QColor(palette.window)) for y in range(3)), default=1.0)
    assert edge > 2


def _contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours as the accessibility guidelines measure it, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [LIGHT_HIGH, DARK_HIGH])
def test_in_high_contrast_texts_have_seven_to_one_and_lines_three(palette: Palette) -> None:
    for ground in (palette.window, palette.base, palette.band, palette.button, palette.selection):
        for text in (palette.text, palette.quiet, palette.good_text, palette.bad_text):
            assert _contrast(QColor(text), QColor(ground)) >= 7
    for ground in (palette.window, palette.base, palette.band):
        for line in (palette.line, palette.paused, palette.good, palette.bad, palette.accent):
            assert _contrast(QColor(line), QColor(ground)) >= 3
    assert _contrast(QColor(palette.accent_text), QColor(palette.accent)) >= 7


@pytest.mark.parametrize("points", [9, 11, 13])
def test_a_field_with_arrows_is_as_high_as_the_others(app: QApplication, qtbot: QtBot, points: int) -> None:
    font = app.font()
    font.setPointSize(points)
    app.setFont(font)
    apply_theme(app, LIGHT)
    heights = []
    for kind in (QSpinBox, QLineEdit, QComboBox):
        control = kind()
        qtbot.addWidget(control)
        control.ensurePolished()
        heights.append(control.sizeHint().height())
    assert heights[1] - 2 <= heights[0] <= heights[2] + 2


def test_a_head_stands_above_its_cells(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, LIGHT)
    table = QTableWidget(1, 2)
    qtbot.addWidget(table)
    table.setHorizontalHeaderLabels(["H", "H"])
    table.horizontalHeaderItem(0).setTextAlignment(Qt.AlignmentFlag.AlignLeft)
    table.horizontalHeaderItem(1).setTextAlignment(Qt.AlignmentFlag.AlignRight)
    for column, side in enumerate((Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)):
        table.setItem(0, column, QTableWidgetItem("H"))
        table.item(0, column).setTextAlignment(side)
    table.setShowGrid(False)
    table.verticalHeader().hide()
    table.resize(300, 120)
    with qtbot.waitExposed(table):
        table.show()
    head, cells = table.horizontalHeader().grab().toImage(), table.viewport().grab().toImage()
    for column, edge in ((0, min), (1, max)):
        begin = table.columnViewportPosition(column)
        xs = range(begin + 3, begin + table.columnWidth(column) - 3)
        places = [edge(x for x in xs if _is_ink(image, x, y0, y1))
                  for image, y0, y1 in ((head, 3, head.height() - 3), (cells, 2, table.rowHeight(0) - 2))]  # fmt: skip
        assert abs(places[0] - places[1]) <= 1


def _is_ink(image: QImage, x: int, top: int, bottom: int) -> bool:
    ground = image.pixelColor(x, top)
    return any(_contrast(image.pixelColor(x, y), ground) > 2 for y in range(top, bottom))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_menu_has_an_edge_that_can_be_seen(app: QApplication, qtbot: QtBot, palette: Palette) -> None:
    apply_theme(app, palette)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Fit all")
    menu.resize(menu.sizeHint())
    image = menu.grab().toImage()
    middle = image.height() // 2
    assert _contrast(image.pixelColor(0, middle), QColor(palette.window)) > 1.5


def test_an_item_of_a_menu_that_is_off_has_a_box(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, LIGHT)
    pictures = []
    for checkable in (False, True):
        menu = QMenu()
        qtbot.addWidget(menu)
        menu.addAction("Reverse the order").setCheckable(checkable)
        menu.addAction("Details").setCheckable(True)
        menu.resize(menu.sizeHint())
        image = menu.grab().toImage()
        middle = menu.actionGeometry(menu.actions()[0]).center().y()
        ground = QColor(image.pixelColor(3, middle))
        pictures.append(max(_contrast(image.pixelColor(x, middle), ground) for x in range(4, 24)))
    assert pictures[0] < 1.1
    assert pictures[1] > 1.2
