"""Tabs whose titles have no room: none is cut, and every page is reached by mouse and by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from support.cut_texts import cut_texts
from support.widgets import find

from desktop.widgets.folding_widgets import FoldingTabs

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
TITLES = ("&Output", "Processes", "Tasks", "Interval", "Code", "Findings", "Events", "Stacks", "Sweep")


@pytest.fixture
def tabs(qtbot: QtBot) -> FoldingTabs:
    made = FoldingTabs("tabs", [(QLabel(title), title) for title in TITLES])
    qtbot.addWidget(made)
    made.resize(1200, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def titles(tabs: FoldingTabs) -> list[str]:
    """The titles that show."""
    return [tabs.tabText(at) for at in range(tabs.count()) if tabs.isTabVisible(at)]


def menu_of(tabs: FoldingTabs, qtbot: QtBot) -> QMenu:
    """The menu of the others, opened by a click."""
    qtbot.mouseClick(find(tabs, QToolButton, "tabs_more"), Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_titles_without_room_are_in_a_menu(tabs: FoldingTabs, qtbot: QtBot) -> None:
    more = find(tabs, QToolButton, "tabs_more")
    assert titles(tabs) == list(TITLES)
    assert not more.isVisible()
    for width in (460, 330, 180):
        tabs.resize(width, 200)
        QApplication.processEvents()
        shown = titles(tabs)
        assert cut_texts(tabs) == []
        assert shown == list(TITLES[: len(shown)])
        assert (more.text(), more.accessibleName()) == (f"{9 - len(shown)} more ▾", f"{9 - len(shown)} more tabs")
        menu = menu_of(tabs, qtbot)
        assert [action.text() for action in menu.actions()] == list(TITLES[len(shown) :])
        menu.close()
    tabs.resize(1200, 200)
    QApplication.processEvents()
    assert titles(tabs) == list(TITLES)
    assert not more.isVisible()


def test_a_page_that_is_chosen_in_the_menu_shows_with_its_title(tabs: FoldingTabs, qtbot: QtBot) -> None:
    tabs.resize(330, 200)
    QApplication.processEvents()
    with qtbot.waitSignal(tabs.open_requested):
        menu = menu_of(tabs, qtbot)
        last = menu.actionGeometry(menu.actions()[-1]).center()
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=last)
    assert tabs.tabText(tabs.currentIndex()) == "Sweep"
    qtbot.waitUntil(lambda: "Sweep" in titles(tabs))
    assert cut_texts(tabs) == []


def test_keys_reach_every_title(tabs: FoldingTabs, qtbot: QtBot) -> None:
    tabs.resize(330, 200)
    QApplication.processEvents()
    bar = find(tabs, QTabBar)
    bar.setFocus()
    seen = [tabs.tabText(tabs.currentIndex())]
    for _ in range(len(TITLES)):
        qtbot.keyClick(bar, Qt.Key.Key_Right)
        seen.append(tabs.tabText(tabs.currentIndex()))
        qtbot.waitUntil(lambda: seen[-1] in titles(tabs))
    assert seen == [*TITLES, TITLES[-1]]
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert tabs.tabText(tabs.currentIndex()) == TITLES[-2]


def test_a_title_with_an_icon_goes_last_and_one_that_is_not_offered_is_nowhere(tabs: FoldingTabs, qtbot: QtBot) -> None:
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.red)
    tabs.setTabIcon(5, QIcon(picture))
    stacks = tabs.widget(7)
    assert isinstance(stacks, QWidget)
    tabs.offer(stacks, False)
    tabs.resize(330, 200)
    QApplication.processEvents()
    assert "Findings" in titles(tabs)
    menu = menu_of(tabs, qtbot)
    assert {*titles(tabs), *(action.text() for action in menu.actions())} == {*TITLES} - {"Stacks"}
    menu.close()
    tabs.offer(stacks, True)
    assert tabs.is_offered(stacks)
    assert find(tabs, QToolButton, "tabs_more").text() == f"{9 - len(titles(tabs))} more ▾"
