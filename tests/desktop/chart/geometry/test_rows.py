"""Which process is on which row, where a row lies, and which rows show."""

from collections.abc import Set as AbstractSet

from support.builders import MS, running_run, traced_run

from desktop.chart.geometry.arrangement import LEAST_ROW_PX, MOST_ROW_PX, ROW_PX, Arrangement, LaneOrder
from desktop.chart.geometry.row import GROUP_PX, LEVEL_PX
from desktop.chart.geometry.row_layout import MOST_LEVEL_PX
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.track_depths import depth_at, level
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


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
    opened = Rows.of(with_helpers(), Arrangement(expanded=frozenset({1})))
    assert [row.process for row in opened] == [1, 0, 4, 5, 2, 3]
    assert opened.index_of(4) == 2
    assert [row.process for row in Rows.of(with_helpers(), Arrangement(expanded=None))] == [1, 0, 4, 5, 2, 3]


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


def family() -> Timeline:
    """A program (1) with two workers (2, 3), of which the first has two children of its own (4, 5)."""
    timeline = running_run(2)
    for name in ("Process-1:1", "Process-1:2"):
        child = timeline.add_process(name, ProcessKind.WORKER, 2)
        child.start_called_ns = child.born_ns = 100 * MS
    timeline.process(4).exited_ns, timeline.process(4).exit_code = 200 * MS, -9
    return timeline


def processes(arrangement: Arrangement, timeline: Timeline | None = None) -> list[int]:
    return [row.process for row in Rows.of(timeline or family(), arrangement)]


def test_a_collapsed_process_has_its_descendants_on_its_own_row() -> None:
    rows = Rows.of(family(), Arrangement(collapsed=frozenset({2})))
    assert [(row.process, row.depth, row.folds, row.expanded) for row in rows] == [
        (1, 0, True, True), (2, 1, True, False), (3, 1, False, False),
    ]  # fmt: skip
    assert rows[1].members == (4, 5)
    assert rows.index_of(5) == 1
    assert processes(Arrangement(collapsed=frozenset({1}))) == [1]


def test_a_filter_hides_lanes_but_not_what_they_started() -> None:
    rows = Rows.of(family(), Arrangement(hidden=frozenset({2, 5})))
    assert [(row.process, row.depth) for row in rows] == [(1, 0), (4, 1), (3, 1)]
    assert rows.index_of(2) is None
    assert processes(Arrangement(hidden=frozenset({5}), collapsed=frozenset({2}))) == [1, 2, 3]


def test_children_are_sorted_within_their_parent_and_what_is_unknown_comes_last() -> None:
    timeline = family()
    timeline.process(2).name, timeline.process(3).name = "b", "A"
    assert processes(Arrangement(order=LaneOrder.NAME), timeline) == [1, 3, 2, 4, 5]
    assert processes(Arrangement(order=LaneOrder.DURATION), timeline) == [1, 3, 2, 4, 5]
    assert processes(Arrangement(order=LaneOrder.EXIT), timeline)[2:4] == [4, 5]
    assert processes(Arrangement(order=LaneOrder.PID, reverse=True), timeline) == [1, 3, 2, 5, 4]
    assert processes(Arrangement(reverse=True), timeline) == [1, 3, 2, 5, 4]


def test_pinned_rows_stay_on_top_while_the_others_scroll() -> None:
    rows = Rows.of(family(), Arrangement(pinned=(3, 5), row_px=20))
    assert [row.process for row in rows] == [3, 5, 1, 2, 4]
    assert (rows.pinned, rows.pinned_px, rows.height_px) == (2, 40, 100)
    assert rows.shown(20, 60) == [0, 1, 3]
    assert [rows.y(rows[index], 20) for index in (0, 1, 3)] == [0, 20, 40]
    assert [rows.at(y, 20) for y in (-1, 5, 25, 45, 75, 81)] == [None, 0, 1, 3, 4, None]


def test_a_lane_is_as_high_as_a_person_wants_it_and_its_bar_lies_inside() -> None:
    for height in range(LEAST_ROW_PX, MOST_ROW_PX + 1):
        row = Rows.of(family(), Arrangement(row_px=height))[1]
        top, bar = row.bar_px
        assert row.height_px == height
        assert 0 <= top < top + bar <= height
        assert bar >= 8


def test_ten_thousand_processes_are_all_found() -> None:
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    for number in range(10_000):
        timeline.add_process(f"Process-{number}", ProcessKind.WORKER, 1)
    rows = Rows.of(timeline)
    assert len(rows) == 10_001
    assert rows.height_px == 10_001 * ROW_PX
    assert [rows.at(rows.y(rows[index], 0)) for index in (0, 4_711, 10_000)] == [0, 4_711, 10_000]


def test_a_lane_folds_only_what_is_shown_below_it() -> None:
    timeline = running_run(2)
    timeline.add_process("grandchild", ProcessKind.WORKER, 3)
    assert [(row.process, row.folds) for row in Rows.of(timeline)] == [(1, True), (2, False), (3, True), (4, False)]
    filtered = Rows.of(timeline, Arrangement(hidden=frozenset({2, 4})))
    assert [(row.process, row.folds) for row in filtered] == [(1, True), (3, False)]
    alone = Rows.of(timeline, Arrangement(hidden=frozenset({2, 3, 4})))
    assert [(row.process, row.folds) for row in alone] == [(1, False)]
    through = Rows.of(timeline, Arrangement(hidden=frozenset({2, 3}), collapsed=frozenset({1})))
    assert [(row.process, row.folds, row.members) for row in through] == [(1, True, (4,))]


def test_the_tracks_of_a_trace_fill_the_room_up_to_twice_their_height() -> None:
    trace, fills = traced_run(2), Arrangement(fills=True)
    usual = Rows.of(trace, fills)
    levels = sum(max(1, track.spans.height) for track in trace.tracks)
    for spare_px, level_px in (
        (0, LEVEL_PX),
        (levels - 1, LEVEL_PX),
        (5 * levels, LEVEL_PX + 5),
        (9_000, MOST_LEVEL_PX),
    ):
        rows = Rows.of(trace, fills, usual.height_px + spare_px)
        assert rows.height_px == usual.height_px + levels * (level_px - LEVEL_PX)
        for row, before in zip(rows, usual, strict=True):
            assert (row.instants_px, row.track, row.counter) == (before.instants_px, before.track, before.counter)
            if row.track:
                height = trace.tracks[row.track - 1].spans.height
                assert level(row, height, 0)[1] == level_px - 1
                assert depth_at(row, height, level(row, height, height - 1)[0] + level_px / 2) == height - 1
    assert Rows.of(trace, Arrangement(), 9_000).height_px == usual.height_px
    low = Arrangement(fills=True, row_px=LEAST_ROW_PX)
    assert Rows.of(trace, low, 9_000).height_px == Rows.of(trace, low).height_px


def test_what_a_filter_hides_is_put_together_once_for_all_rows() -> None:
    """Twenty thousand rows of which a filter hides half took five times as long as all of them."""

    class Hidden(frozenset[int]):
        unions = 0

        def __or__(self, other: AbstractSet[object]) -> frozenset[int]:  # type: ignore[override]
            Hidden.unions += 1
            return frozenset(self) | other  # type: ignore[return-value]

    rows = Rows.of(running_run(40), Arrangement(hidden=Hidden(range(2, 42, 2))))
    assert len(rows) == 21
    assert Hidden.unions <= 1
