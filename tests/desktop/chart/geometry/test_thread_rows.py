"""The rows of threads: where they are, when they are folded, and which of them shows a task."""

from support.builders import threaded_run

from desktop.chart.geometry.arrangement import ROW_PX, UNFOLDED_THREADS, Arrangement
from desktop.chart.geometry.lane_words import other, threads
from desktop.chart.geometry.row import GROUP_PX, Row
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import ProcessSelection, TaskSelection, ThreadSelection

MANY = UNFOLDED_THREADS + 1


def kinds(rows: Rows) -> list[tuple[int, int, int]]:
    """(process, process of all threads, thread) of each row."""
    return [(row.process, row.threads_of, row.thread) for row in rows]


def test_threads_come_below_their_process_and_above_its_children() -> None:
    timeline = threaded_run(threads=2)
    rows = Rows.of(timeline)
    assert kinds(rows) == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 2), (2, 0, 0), (0, 2, 0), (0, 0, 3)]
    assert [row.depth for row in rows] == [0, 1, 2, 2, 1, 2, 3]
    assert [row.height_px for row in rows] == [ROW_PX, GROUP_PX, GROUP_PX, GROUP_PX, ROW_PX, GROUP_PX, GROUP_PX]
    assert [row.owner for row in rows] == [1, 1, 1, 1, 2, 2, 2]
    assert threads(timeline, 1) == "2 threads · 12 tasks"
    assert threads(timeline, 2) == "1 interpreter · 1 task"
    assert other(timeline, rows[3]) == ("pool_1", "")
    assert other(timeline, rows[6]) == ("inner_0", "interpreter 3")


def test_many_threads_share_a_row_until_they_are_unfolded() -> None:
    timeline = threaded_run(threads=MANY)
    folded = Rows.of(timeline)
    assert kinds(folded)[:3] == [(1, 0, 0), (0, 1, 0), (2, 0, 0)]
    assert (folded[1].folds, folded[1].expanded, folded.is_folded(MANY)) == (True, False, True)
    arrangement = Arrangement().with_threads([1], True)
    unfolded = Rows.of(timeline, arrangement)
    assert [row.thread for row in unfolded if row.under == 1] == [0, *range(1, MANY + 1)]
    assert kinds(Rows.of(timeline, arrangement.with_threads([1], False))) == kinds(folded)


def test_a_fold_of_few_threads_holds_when_they_become_many() -> None:
    arrangement = Arrangement().with_threads([1], False)
    assert [row.thread for row in Rows.of(threaded_run(threads=2), arrangement) if row.under == 1] == [0]
    assert [row.thread for row in Rows.of(threaded_run(threads=MANY), arrangement) if row.under == 1] == [0]


def test_threads_share_the_row_of_a_collapsed_process() -> None:
    rows = Rows.of(threaded_run(threads=2), Arrangement(collapsed=frozenset({1})))
    assert kinds(rows) == [(1, 0, 0)]
    assert rows.index_showing(TaskSelection(1, 0, 1)) == 0


def test_a_task_shows_on_the_row_of_its_thread_or_where_that_is_folded() -> None:
    timeline = threaded_run(threads=MANY, tasks=2)
    folded, unfolded = Rows.of(timeline), Rows.of(timeline, Arrangement().with_threads([1], True))
    task, thread = TaskSelection(1, 0, 2 * MANY), ThreadSelection(1, MANY)
    for selection in (task, thread):
        assert folded.index_showing(selection) == 1
        assert unfolded.index_showing(selection) == 1 + MANY
        assert [index for index, row in enumerate(folded) if folded.is_chosen(row, selection)] == [1]
        assert [index for index, row in enumerate(unfolded) if unfolded.is_chosen(row, selection)] == [1 + MANY]
    own = TaskSelection(2, 0, 2 * MANY + 1)
    for rows in (folded, unfolded):
        assert rows.index_showing(own) == rows.index_of(2)
        chosen = [row for row in rows if rows.is_chosen(row, own)]
        assert chosen == [rows.row_of(2)]
        assert [row.process for row in rows if rows.is_chosen(row, ProcessSelection(1))] == [1]


def test_the_keyboard_stays_with_a_thread_or_goes_where_it_is_folded() -> None:
    timeline = threaded_run(threads=2)
    unfolded, folded = Rows.of(timeline), Rows.of(timeline, Arrangement().with_threads([1], False))
    assert [unfolded.index_again(row) for row in unfolded] == list(range(len(unfolded)))
    assert folded.index_again(unfolded[3]) == 1
    assert folded.index_again(unfolded[1]) == 1
    assert Rows.of(timeline, Arrangement(collapsed=frozenset({1}))).index_again(unfolded[1]) == 0
    assert isinstance(unfolded[3], Row)
