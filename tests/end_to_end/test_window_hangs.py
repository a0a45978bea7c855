"""A real hang in the window: it is announced, leads to its evidence, and its stacks open the lines that wait."""

import re
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QTreeWidget
from pytestqt.qtbot import QtBot
from support.scripts import script_path
from support.widgets import column_texts, find, press, table
from support.windows import opened

from desktop.facts.selection import WaitSelection
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.stacks.stacks_panel import StacksPanel
from desktop.settings import Settings
from desktop.widgets.notice_bar import NoticeBar
from desktop.window.main_window import MainWindow
from workers.timeline.model import ProcessKind, SpanKind

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(sys.platform != "linux", reason="waits are seen on Linux alone"),
]
SOON_MS = 30_000
WITH = r"a with statement \(r51_lock_order\.py:10\)"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        made.resize(1280, 800)
        made.activateWindow()
        yield made


def test_a_hang_leads_from_the_bar_to_the_lines_that_wait(window: MainWindow, qtbot: QtBot) -> None:
    path = str(script_path("r51_lock_order.py"))
    Settings().know_script(path)
    contents = window.contents
    contents.open_script(path)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    bar = find(window, NoticeBar, "notice")
    qtbot.waitUntil(lambda: "Nothing makes progress any more" in bar.text, timeout=SOON_MS)
    timeline = contents.session.timeline
    assert timeline is not None
    assert not timeline.ended
    waits = {
        process.name: timeline.lane(process.id).waits.kind.tolist()
        for process in timeline.processes
        if process.kind is not ProcessKind.HELPER  # a fork server and a tracker, where they are used
    }
    assert waits == {
        timeline.process(1).name: [SpanKind.JOIN],
        "a-to-b": [SpanKind.WAITING],
        "b-to-a": [SpanKind.WAITING],
    }

    press(qtbot, window, "notice_show")
    assert isinstance(contents.views.selection, WaitSelection)
    details = contents.views.panel(DetailsPanel).text()
    assert f"At line: {path}:10" in details
    code = find(contents.views.panel(CodePanel), QPlainTextEdit, "code")
    assert code.textCursor().selectedText().strip() == "with second:"

    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    tree = find(contents.views.panel(StacksPanel), QTreeWidget, "stacks")
    assert contents.layout.tabs.currentWidget() is contents.views.panel(StacksPanel)

    def heads() -> list[str]:
        items = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
        return [item.text(0) for item in items if item is not None]

    def waiting() -> list[str]:  # of three threads, and those of a fork server and a tracker, where they are used
        return [text for text in heads() if re.fullmatch(rf"2 of [3-9] threads are in {WITH}", text)]

    def read() -> None:
        assert waiting(), heads()

    qtbot.waitUntil(read, timeout=SOON_MS)
    head = tree.topLevelItem(heads().index(waiting()[0]))
    assert head is not None
    frame = next(head.child(at) for at in range(head.childCount()) if "r51_lock_order.py:10" in head.child(at).text(0))
    tree.scrollToItem(frame)
    code.moveCursor(code.textCursor().MoveOperation.Start)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(frame).center())
    assert contents.layout.tabs.currentWidget() is contents.views.panel(CodePanel)
    assert code.textCursor().selectedText().strip() == "with second:"

    press(qtbot, window, "stop")
    qtbot.waitUntil(lambda: not contents.session.running, timeout=SOON_MS)
    assert "Nothing makes progress any more" in bar.text  # how it was ended changes nothing
    assert column_texts(table(window, "findings"), "Severity") == ["Problem"]
    kept = heads()
    assert kept
    contents.open_file(contents.session.folder or "")
    qtbot.waitUntil(lambda: contents.document.timeline is not timeline, timeout=SOON_MS)
    assert heads() == kept  # the stacks are of the run
    assert "Nothing makes progress any more" in bar.text
