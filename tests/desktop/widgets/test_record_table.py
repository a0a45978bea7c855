"""The table of records: widths, the rows that are chosen, and a view that keeps its end."""

import pytest
from PySide6.QtCore import QAbstractTableModel, QStringListModel, Qt
from pytestqt.qtbot import QtBot

from desktop.widgets.record_rows import TableIndex
from desktop.widgets.record_table import CELL_PX, FollowingTable, LongTable, RecordTable


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


class CountedRows(QAbstractTableModel):
    """Many rows that count how often they are asked."""

    asked = 0

    def rowCount(self, parent: TableIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 20_000

    def columnCount(self, parent: TableIndex | None = None) -> int:
        return 3

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.asked += 1
        return f"row {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: TableIndex) -> Qt.ItemFlag:
        self.asked += 1
        return super().flags(index)


def test_a_long_table_asks_only_for_the_rows_that_it_shows(qtbot: QtBot) -> None:
    model = CountedRows()
    view = LongTable("long", "Long", model)
    qtbot.addWidget(view)
    view.resize(400, 200)
    with qtbot.waitExposed(view):
        view.show()
    view.selectAll()
    view.grab()
    qtbot.keyClicks(view, "row")
    assert view.chosen_places() == range(20_000)
    assert view.only_chosen() is None
    qtbot.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    rest = view.chosen_places()
    assert list(rest) == [row for row in range(20_000) if row != view.currentIndex().row()]
    view.show_chosen(7, scroll=True)
    assert (view.only_chosen(), view.chosen_places()) == (7, range(7, 8))
    view.show_chosen(None, scroll=False)
    assert view.chosen_places() == []
    assert model.asked < 4_000
