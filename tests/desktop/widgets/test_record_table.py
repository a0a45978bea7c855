"""The table of records: widths, the rows that are chosen, and a view that keeps its end."""

import pytest
from PySide6.QtCore import QStringListModel, Qt
from pytestqt.qtbot import QtBot

from desktop.widgets.record_table import CELL_PX, FollowingTable, RecordTable


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable:
    made = RecordTable("words", "Words", QStringListModel([f"word {number}" for number in range(100)]))
    qtbot.addWidget(made)
    made.resize(200, 150)
    made.show()
    return made


def test_a_column_fits_its_sample_and_where_asked_its_title(table: RecordTable) -> None:
    header = table.horizontalHeader()
    table.fit_columns(("a long sample text",))
    assert header.sectionSize(0) == table.fontMetrics().horizontalAdvance("a long sample text") + CELL_PX
    table.fit_columns(("",), head_px=90)
    title = str(table.model().headerData(0, Qt.Orientation.Horizontal))
    assert header.sectionSize(0) == header.fontMetrics().horizontalAdvance(title) + 90
    table.widen(0, 7)
    assert header.sectionSize(0) == header.fontMetrics().horizontalAdvance(title) + 97


def test_one_row_is_chosen_or_several(table: RecordTable) -> None:
    assert (table.objectName(), table.accessibleName()) == ("words", "Words")
    table.selectRow(5)
    table.choose(3)
    assert table.chosen_rows() == [3]
    assert table.currentIndex().row() == 3
    table.selectAll()
    assert table.chosen_rows() == list(range(100))


def test_the_end_stays_in_view_until_it_is_scrolled_away(qtbot: QtBot) -> None:
    model = QStringListModel([f"word {number}" for number in range(100)])
    table = FollowingTable("words", "Words", model)
    qtbot.addWidget(table)
    table.resize(200, 150)
    table.show()
    bar = table.verticalScrollBar()
    table.follow()
    with table.keeping_place():
        model.insertRows(100, 50)
    assert bar.value() == bar.maximum()
    bar.setValue(20)
    with table.keeping_place() as place:
        model.removeRows(0, 4)
        place.gone = 4
    assert bar.value() == 16
