"""A combo box that is narrower than what is chosen in it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QStringListModel
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from desktop.look.palette import LIGHT
from desktop.look.theme import apply_theme
from desktop.widgets.chooser import Chooser

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LONG = "a name of <b>many</b> letters, the last of which are seen nowhere"


@pytest.fixture
def chooser(qtbot: QtBot, qapp: QApplication) -> Chooser:
    apply_theme(qapp, LIGHT)
    made = Chooser(8)
    made.addItems([LONG, "short"])
    qtbot.addWidget(made)
    made.show()
    return made


def picture(chooser: Chooser) -> QImage:
    return chooser.grab().toImage()


def test_what_is_cut_ends_in_an_ellipsis(chooser: Chooser) -> None:
    chooser.resize(120, chooser.sizeHint().height())
    cut = picture(chooser)
    chooser.setItemText(0, LONG + " at all")
    assert picture(chooser) == cut, "only what fits is drawn, and that there is more"
    chooser.setItemText(0, LONG[:12])
    assert picture(chooser) != cut


def test_it_may_be_narrow_and_says_how_wide_it_would_be_whole(chooser: Chooser) -> None:
    assert chooser.minimumSizeHint().width() < 140 < chooser.whole_px
    chooser.resize(chooser.whole_px, chooser.sizeHint().height())
    whole = picture(chooser)
    chooser.resize(chooser.whole_px - 1, chooser.sizeHint().height())
    assert picture(chooser) != whole.copy(0, 0, chooser.width(), chooser.height())


class Asked(Chooser):
    """Counts how often it is asked for the text of an item."""

    asked = 0

    def itemText(self, index: int) -> str:
        self.asked += 1
        return super().itemText(index)


def test_it_is_measured_once_and_again_after_a_change(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, LIGHT)
    chooser = Asked(8)
    chooser.addItems([LONG, "short"])
    qtbot.addWidget(chooser)
    chooser.show()
    widths = [chooser.whole_px]
    asked = chooser.asked
    assert {chooser.whole_px for _ in range(30)} == set(widths)
    assert chooser.asked == asked, "a layout asks dozens of times"

    def changed() -> bool:
        widths.append(chooser.whole_px)
        fresh = Chooser(8)
        fresh.setFont(chooser.font())
        fresh.addItems([chooser.itemText(at) for at in range(chooser.count())])
        qtbot.addWidget(fresh)
        return widths[-1] == fresh.whole_px and widths[-1] != widths[-2]

    chooser.setItemText(0, LONG + LONG)
    assert changed()
    chooser.addItem(LONG * 3)
    assert changed()
    chooser.removeItem(2)
    assert changed()
    font = chooser.font()
    font.setPointSize(font.pointSize() + 5)
    chooser.setFont(font)
    assert changed()
    chooser.setModel(QStringListModel([LONG]))
    assert changed()
    chooser.clear()
    assert changed()


@pytest.mark.parametrize(("width", "said"), [(120, True), (600, False)])
def test_the_tooltip_has_what_is_cut_letter_for_letter(chooser: Chooser, qtbot: QtBot, width: int, said: bool) -> None:
    chooser.setToolTip("How it is chosen")
    chooser.resize(width, chooser.sizeHint().height())
    at = QPoint(5, 5)
    QApplication.sendEvent(chooser, QHelpEvent(QEvent.Type.ToolTip, at, chooser.mapToGlobal(at)))
    qtbot.waitUntil(lambda: bool(QToolTip.text()))
    assert ("&lt;b&gt;many" in QToolTip.text()) is said
    assert "How it is chosen" in QToolTip.text()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
