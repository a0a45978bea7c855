"""Closing the window: asked or not, it closes, and the run ends with it."""

import pytest
from PySide6.QtWidgets import QDialog

from desktop.control import session as session_module
from desktop.trouble.trouble import log_file
from desktop.window.main_window import MainWindow

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_idle_window_closes_without_asking(window: MainWindow) -> None:
    assert window.close()
    assert window.findChild(QDialog, "close_question") is None


def test_closing_ends_the_run_even_when_settings_cannot_be_kept(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(session_module.Session, "close", lambda self: bool(closed.append(True)) or True)

    def fail() -> None:
        raise OSError("no room")

    monkeypatch.setattr(window.contents, "keep_settings", fail)
    assert window.close()
    assert closed == [True]
    assert "no room" in log_file().read_text()
