"""Which process is on which row, where a row lies, and which rows show."""

from builders import running_run

from desktop.chart.rows import GROUP_PX, ROW_PX, Rows
from workers.model import ProcessKind
from workers.timeline import Timeline


def with_helpers() -> Timeline:
    timeline = running_run(2)
    for name in ("resource tracker", "fork server"):
        timeline.add_process(name, ProcessKind.HELPER, 1)
    return timeline


def test_the_parent_comes_first_and_its_workers_under_it() -> None:
    rows = Rows.of(running_run(3))
    assert [(row.process, row.depth, row.top_px) for row in rows] == [
        (1, 0, 0), (2, 1, ROW_PX), (3, 1, 2 * ROW_PX), (4, 1, 3 * ROW_PX),
    ]  # fmt: skip


def test_helpers_share_a_low_row_until_it_is_opened() -> None:
    folded = Rows.of(with_helpers())
    assert [row.process for row in folded] == [1, 0, 2, 3]
    assert folded[1].members == (4, 5)
    assert folded[1].height_px == GROUP_PX
    assert folded.index_of(4) == 1
    opened = Rows.of(with_helpers(), {1})
    assert [row.process for row in opened] == [1, 0, 4, 5, 2, 3]
    assert opened.index_of(4) == 2
    assert [row.process for row in Rows.of(with_helpers(), None)] == [1, 0, 4, 5, 2, 3]


def test_rows_are_found_by_height() -> None:
    rows = Rows.of(with_helpers())
    assert rows.at(-1) is None
    assert rows.at(0) == 0
    assert rows.at(ROW_PX) == 1
    assert rows.at(ROW_PX + GROUP_PX) == 2
    assert rows.at(rows.height_px) is None
    assert list(rows.between(ROW_PX - 1, ROW_PX + 1)) == [0, 1]
    assert list(rows.between(ROW_PX, ROW_PX + 1)) == [1]
    assert list(rows.between(0, 10_000)) == [0, 1, 2, 3]
    assert not rows.between(rows.height_px, rows.height_px + 100)
