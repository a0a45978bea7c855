"""A label that ends in an ellipsis where it is cut."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.widgets.note import Note

LONG = "a sentence of many words, the last of which are seen nowhere"


def picture(note: Note) -> QImage:
    return note.grab().toImage()


def made(qtbot: QtBot, text: str, *, wrap: bool = False) -> Note:
    note = Note(text, wrap=wrap)
    qtbot.addWidget(note)
    note.resize(140, 3 * note.fontMetrics().height())
    return note


def test_what_is_cut_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    cut = picture(made(qtbot, LONG))
    assert picture(made(qtbot, f"{LONG} at all")) == cut
    by_hand = made(qtbot, "")
    by_hand.setText(by_hand.fontMetrics().elidedText(LONG, Qt.TextElideMode.ElideRight, by_hand.width()))
    assert picture(by_hand) == cut


def test_each_line_is_cut_for_itself(qtbot: QtBot) -> None:
    short = made(qtbot, "70 MB\n0.6 s")
    assert short.fontMetrics().horizontalAdvance(short.text().replace("\n", "")) < short.width()
    short.resize(short.fontMetrics().horizontalAdvance("70 MB") + 1, short.height())
    wide = made(qtbot, "70 MB\n0.6 s")
    assert picture(short) == picture(wide).copy(0, 0, short.width(), short.height())


def test_what_wraps_or_is_selected_is_drawn_as_it_is(qtbot: QtBot) -> None:
    assert picture(made(qtbot, LONG, wrap=True)) != picture(made(qtbot, LONG))
    selected = made(qtbot, LONG)
    selected.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    cut = picture(selected)
    selected.setSelection(0, 1)
    assert picture(selected) != cut
