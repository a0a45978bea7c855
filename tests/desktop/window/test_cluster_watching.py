"""Watch a cluster… in the window, by mouse and keys: the address is looked at while the window lives on, and then watched."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QDialogButtonBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from support.dask_clusters import dask_cluster
from support.listeners import free_port, listening
from support.widgets import find, press
from support.windows import button, opened

from desktop.settings import Settings
from desktop.window.clusters.cluster_watching import RUNNING
from desktop.window.main_window import MainWindow
from workers.journal.codes import Watch

pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the signal that ends the scheduler needs Linux"),
]

LIMIT_MS = 100_000
"""Each process of Dask takes long to start on a busy machine."""


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


def asked(window: MainWindow) -> QDialog:
    """The question, opened from the menu."""
    window.contents.actions.watch_cluster.trigger()
    return find(window, QDialog, "cluster_question")


def answer(qtbot: QtBot, dialog: QDialog, address: str) -> None:
    """Write the address, agree, and press Watch."""
    field = find(dialog, QLineEdit, "cluster_address")
    field.clear()
    qtbot.keyClicks(field, address)
    box = find(dialog, QCheckBox, "cluster_agreed")
    if not box.isChecked():
        qtbot.keyClick(box, Qt.Key.Key_Space)
    press(qtbot, dialog, "cluster_watch")


def said(dialog: QDialog) -> str:
    return find(dialog, QLabel, "cluster_problem").text()


def test_nothing_is_installed_before_the_user_agrees_to_this_address(window: MainWindow, qtbot: QtBot) -> None:
    Settings().know_cluster("tcp://10.0.0.5:8786")
    dialog = asked(window)
    field, box = find(dialog, QLineEdit, "cluster_address"), find(dialog, QCheckBox, "cluster_agreed")
    watch = find(dialog, QAbstractButton, "cluster_watch")
    assert field.text() == "tcp://10.0.0.5:8786"  # the last one, which the user has agreed to
    assert box.isChecked()
    assert watch.isEnabled()
    qtbot.keyClicks(field, "1")
    assert not box.isChecked()
    assert not watch.isEnabled()
    field.clear()
    qtbot.keyClicks(field, "nonsense")
    assert said(dialog) == "This is no address of a Dask scheduler: tcp://HOST:PORT is meant."
    qtbot.keyClick(field, Qt.Key.Key_Return)  # the button is not enabled: nothing happens
    assert dialog.isVisible()
    assert not window.contents.session.running


def test_a_bad_address_is_told_in_one_sentence_while_the_window_lives_on(window: MainWindow, qtbot: QtBot) -> None:
    dialog = asked(window)
    nobody = f"127.0.0.1:{free_port()}"
    answer(qtbot, dialog, nobody)
    qtbot.waitUntil(lambda: said(dialog) == f"Nobody listens at tcp://{nobody}.", timeout=LIMIT_MS)
    with listening(lambda connection: None) as silent:
        answer(qtbot, dialog, silent)
        # Were the window's thread held up, it would come here only with the answer.
        assert said(dialog) == f"Looking whether a Dask scheduler answers at tcp://{silent}…"
        assert not find(dialog, QAbstractButton, "cluster_watch").isEnabled()
        qtbot.waitUntil(lambda: "says nothing within 3 s" in said(dialog), timeout=LIMIT_MS)
        assert find(dialog, QAbstractButton, "cluster_watch").isEnabled()  # to be tried again
        assert find(dialog, QLabel, "cluster_problem").height() >= find(
            dialog, QLabel, "cluster_problem"
        ).heightForWidth(find(dialog, QLabel, "cluster_problem").width())
        answer(qtbot, dialog, silent)
        cancel = find(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()
    assert not window.contents.session.running
    assert window.contents.watching.findChild(QDialog) is None
    assert Settings().clusters == []  # none of them is remembered


def test_a_scheduler_that_answers_is_watched_until_stop(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.contents.session
    with dask_cluster(tmp_path / "dask", workers=0) as cluster:
        answer(qtbot, asked(window), cluster.address)

        def attached() -> bool:
            facts = None if session.timeline is None else session.timeline.cluster
            return facts is not None and facts.state is Watch.ATTACHED

        qtbot.waitUntil(attached, timeout=LIMIT_MS)
        assert Settings().clusters == [cluster.address]
        assert not button(window, "start").isEnabled()
        action = window.contents.actions.watch_cluster
        qtbot.waitUntil(lambda: not action.isEnabled())
        assert RUNNING in action.toolTip()
        press(qtbot, window, "stop")
        qtbot.waitUntil(lambda: not session.running, timeout=LIMIT_MS)
        assert session.timeline is not None
        assert session.timeline.cluster is not None
        assert session.timeline.cluster.state in (Watch.LEFT, Watch.STAYS)
