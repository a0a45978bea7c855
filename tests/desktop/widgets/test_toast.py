"""The toast with a button: it does something, once, and stays while the user is about to press it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from support.widgets import button

from desktop.look.palette import DARK, LIGHT
from desktop.widgets import toast as module
from desktop.widgets.toast import Toast

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def toast(qtbot: QtBot) -> Iterator[Toast]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    over = QWidget(window)
    over.setGeometry(100, 0, 600, 500)
    made = Toast(window, over)
    made.set_palette(LIGHT)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield made
    window.close()


@pytest.mark.parametrize("text", ["Short.", "A long sentence. " * 20])
def test_the_button_lies_beside_the_text(toast: Toast, text: str) -> None:
    for palette in (LIGHT, DARK):
        toast.set_palette(palette)
        toast.offer(text, "Open it", lambda: None)
        assert toast.rect().contains(button(toast, "toast_button").geometry())
        assert toast.contentsRect().right() < button(toast, "toast_button").geometry().left()
        assert toast.height() >= toast.heightForWidth(toast.width())
        assert toast.text() == text


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_it_does_what_was_offered_once(toast: Toast, qtbot: QtBot, how: str) -> None:
    done: list[int] = []
    toast.offer("A run was cut short.", "Open it", lambda: done.append(1))
    if how == "mouse":
        qtbot.mouseClick(button(toast, "toast_button"), Qt.MouseButton.LeftButton)
    else:
        button(toast, "toast_button").setFocus()
        qtbot.keyClick(button(toast, "toast_button"), Qt.Key.Key_Space)
    assert done == [1]
    assert not toast.isVisible()
    button(toast, "toast_button").click()
    assert done == [1]


def test_the_next_message_has_no_button(toast: Toast) -> None:
    toast.offer("A run was cut short.", "Open it", lambda: None)
    wide = toast.width()
    toast.say("A run was cut short.")
    assert not button(toast, "toast_button").isVisible()
    assert toast.width() < wide


def test_it_disappears_by_itself_but_not_while_it_is_used(
    toast: Toast, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OFFERED_MS", 20)
    monkeypatch.setattr(module, "SHOWN_MS", 20)
    toast.offer("A run was cut short.", "Open it", lambda: None)
    qtbot.waitUntil(lambda: not toast.isVisible())
    toast.offer("A run was cut short.", "Open it", lambda: None)
    button(toast, "toast_button").setFocus()
    timer = toast.findChild(QTimer)
    assert timer is not None
    for _ in range(3):
        with qtbot.waitSignal(timer.timeout):
            pass
        assert toast.isVisible()
    button(toast, "toast_button").clearFocus()
    qtbot.waitUntil(lambda: not toast.isVisible())
