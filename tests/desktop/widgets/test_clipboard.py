"""Records as text, and the sentence that says that they were copied."""

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.clipboard import copied, copy_text, table_text


def test_a_table_is_a_line_a_row_under_its_heads(qtbot: QtBot) -> None:
    copy_text(table_text(("Name", "Pid"), [["a", "1"], ["b", "2"]]))
    assert QGuiApplication.clipboard().text() == "Name\tPid\na\t1\nb\t2\n"


def test_one_and_several_records_are_named() -> None:
    assert copied(1, "process", "processes") == "1 process is on the clipboard."
    assert copied(1_200, "process", "processes") == "1,200 processes are on the clipboard."
