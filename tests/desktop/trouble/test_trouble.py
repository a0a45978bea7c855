"""The dialog, the log and the report of an unexpected error."""

import sys
from types import TracebackType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.trouble import trouble
from desktop.trouble.trouble import Trouble, log_file, make_dialog, write_log

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def raised(text: str = "wrong") -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        raise ValueError(text)
    except ValueError:
        kind, error, where = sys.exc_info()
        assert kind is not None
        assert error is not None
        return kind, error, where


def raised_elsewhere() -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        raise ValueError("elsewhere")
    except ValueError as error:
        return ValueError, error, error.__traceback__


def dialogs(window: QWidget) -> list[QMessageBox]:
    return [one for one in window.findChildren(QMessageBox, "error") if one.isVisible()]


def press(dialog: QMessageBox, text: str) -> None:
    found = next(one for one in dialog.findChildren(QAbstractButton) if one.text().replace("&", "") == text)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def test_dialog_says_it_copies_it_and_stays(window: QWidget) -> None:
    dialog = make_dialog(window, "<i>Something</i> went wrong.", "line 1\nline 2")
    dialog.open()
    assert dialog.textFormat() is Qt.TextFormat.PlainText
    press(dialog, "Copy details")
    assert QGuiApplication.clipboard().text() == "<i>Something</i> went wrong.\n\nline 1\nline 2"
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_dialog_without_details_has_only_its_sentence(window: QWidget) -> None:
    dialog = make_dialog(window, "The disk is full.", "")
    assert [one.text().replace("&", "") for one in dialog.buttons()] == ["OK"]
    assert dialog.informativeText() == ""


def test_one_dialog_at_a_time_and_every_error_logged(window: QWidget, qtbot: QtBot) -> None:
    trouble = Trouble(window)
    recovered: list[bool] = []
    trouble.happened.connect(lambda: recovered.append(True))
    trouble.handle(*raised())
    trouble.handle(*raised_elsewhere())
    qtbot.waitUntil(lambda: len(recovered) == 2)
    assert len(dialogs(window)) == 1
    log = log_file().read_text(encoding="utf-8")
    assert "ValueError: wrong" in log
    assert "ValueError: elsewhere" in log
    press(dialogs(window)[0], "OK")
    qtbot.waitUntil(lambda: not dialogs(window))


def test_what_was_said_once_is_not_said_again(window: QWidget, qtbot: QtBot) -> None:
    trouble = Trouble(window)
    for _ in range(20):
        trouble.handle(*raised())
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    press(dialogs(window)[0], "OK")
    qtbot.waitUntil(lambda: not dialogs(window))
    trouble.handle(*raised())
    trouble.handle(*raised_elsewhere())
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert "elsewhere" in dialogs(window)[0].text()
    assert log_file().read_text(encoding="utf-8").count("ValueError: wrong") == 5
    press(dialogs(window)[0], "OK")


def test_log_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "_MOST_IN_LOG", 1000)
    for at in range(50):
        write_log(f"error {at} {'x' * 100}")
    text = log_file().read_text(encoding="utf-8")
    assert len(text) < 1500
    assert "error 49" in text


def test_log_that_cannot_be_written_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trouble, "log_file", lambda: trouble.Path("/dev/null/errors.log"))
    write_log("what happened")
    assert "what happened" in capsys.readouterr().err
