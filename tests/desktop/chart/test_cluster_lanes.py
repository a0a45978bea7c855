"""The lanes of a watched cluster: by machine, with transfers over the lower edges of the bars, and marks of what went wrong."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run
from support.charts import canvas, open_view
from support.cluster_runs import HOSTS, KILLED, KILLED_NS, watched_run
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.drawing.legend import signs_of
from desktop.chart.drawing.shown_links import MOST_QUIET_TRANSFERS, ShownLinks
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.rows import Rows
from desktop.chart.state.lane_sentences import row_sentence, sentence
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.facts.selection import ProcessSelection, Selection, TaskSelection, TrafficSelection
from desktop.look.palette import LIGHT
from workers.timeline.cluster.cluster_facts import Transfer
from workers.timeline.model import LinkKind, MarkKind, SpanKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LEFT = Qt.MouseButton.LeftButton
FETCHED = TrafficSelection(2, 3200 * MS, 1)
READ = TrafficSelection(2, 4600 * MS, 2)
SPILLED = TrafficSelection(2, 6500 * MS, 4)


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, watched_run(), size_px=(1000, 520))


def strip(view: TimelineView, process: int, at_ns: int) -> QPoint:
    """Where a moment shows in the strip of transfers of a worker."""
    row = view.state.rows.row_of(process)
    assert row is not None
    top, height = row.traffic_px
    return QPoint(round(view.scale.x(at_ns)), AXIS_PX + row.top_px + round(top + height / 2))


def bar(view: TimelineView, process: int, at_ns: int) -> QPoint:
    row = view.state.rows.row_of(process)
    assert row is not None
    return QPoint(round(view.scale.x(at_ns)), AXIS_PX + row.top_px + round(row.bar_px[0] + 6))


def colour(view: TimelineView, at: QPoint) -> str:
    image = canvas(view).viewport().grab().toImage()
    return QColor(image.pixelColor(at.x(), at.y())).name()


def test_transfers_are_drawn_over_the_lower_edge_and_the_tasks_stay_above(view: TimelineView) -> None:
    assert colour(view, strip(view, 2, 3500 * MS)) == LIGHT.transfer
    assert colour(view, bar(view, 2, 3500 * MS)) == LIGHT.starting  # the task meanwhile
    assert colour(view, strip(view, 2, 4750 * MS)) == LIGHT.base  # the inside of an outline
    assert colour(view, strip(view, 3, 3500 * MS)) != LIGHT.transfer


def test_a_click_selects_the_transfer_the_task_above_it_and_the_marks(view: TimelineView, qtbot: QtBot) -> None:
    found: list[Selection | None] = []
    again, lost = QPoint(0, 9), QPoint(0, 9)
    for process, at_ns, point in ((3, 7500 * MS, again), (KILLED, KILLED_NS, lost), (2, 6500 * MS, QPoint(0, 9))):
        row = view.state.rows.row_of(process)
        assert row is not None
        at = QPoint(round(view.scale.x(at_ns)), AXIS_PX + row.top_px) + point
        qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=at)
        found.append(view.state.selection)
    deadly = (
        [task.id for task in view.state.timeline.tasks if task.key == "train-deadly"] if view.state.timeline else []
    )
    assert found == [TaskSelection(3, 7500 * MS, deadly[1]), TaskSelection(KILLED, KILLED_NS, deadly[0]), SPILLED]
    for where, wanted in ((strip(view, 2, 3500 * MS), FETCHED), (strip(view, 2, 4750 * MS), READ)):
        qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=where)
        assert view.state.selection == wanted
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=bar(view, 2, 3400 * MS))
    assert isinstance(view.state.selection, TaskSelection)


def test_the_keyboard_reaches_a_transfer_and_says_what_it_is(view: TimelineView, qtbot: QtBot) -> None:
    view.select(TrafficSelection(2, 3200 * MS, 1))
    timeline = view.state.timeline
    assert timeline is not None
    assert sentence(timeline, FETCHED) == "Transfer of 12 MB, from 3.200 s, 700 ms"
    for _ in range(40):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
        if isinstance(view.state.selection, TrafficSelection):
            break
    assert view.state.selection == READ


def arrows(timeline: Timeline, selection: Selection | None) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(sender, fetcher) of the quiet and of the strong arrows of transfers."""
    shown = ShownLinks.of(timeline, selection)
    quiet, strong = (
        [(link.from_process, link.to_process) for link in links if link.kind is LinkKind.TRANSFER]
        for links in (shown.quiet, shown.strong)
    )
    return quiet, strong


def test_transfers_have_arrows_from_the_sender_and_many_only_the_selected_one() -> None:
    timeline = watched_run()
    assert timeline.cluster is not None
    assert arrows(timeline, FETCHED) == ([(3, 2), (2, 5)], [(3, 2)])
    assert arrows(timeline, ProcessSelection(5)) == ([(3, 2), (2, 5)], [(2, 5)])
    for at in range(MOST_QUIET_TRANSFERS):
        timeline.cluster.add_transfer(Transfer(3, None if at else 4, at * MS, at * MS + MS, 10, 1))
    assert arrows(timeline, FETCHED) == ([], [(3, 2)])
    assert arrows(timeline, TrafficSelection(3, MS, 2))[1] == []  # its sender is not known


def test_the_legend_has_them_only_where_they_occur() -> None:
    theirs = {SpanKind.TRANSFER, SpanKind.DISK, SpanKind.DESERIALIZE}
    marks = {MarkKind.RETRIED, MarkKind.LOST, MarkKind.SPILLED}
    shown = {(type(sign), sign) for sign, _ in signs_of(watched_run())}
    assert {(SpanKind, kind) for kind in theirs} | {(MarkKind, kind) for kind in marks} <= shown
    other = {(type(sign), sign) for sign, _ in signs_of(joined_run(2))}
    assert not {(SpanKind, kind) for kind in theirs} & other
    assert not {(MarkKind, kind) for kind in marks} & other


def test_workers_are_below_their_machine_and_share_its_row_when_it_is_folded(view: TimelineView, qtbot: QtBot) -> None:
    rows = view.state.rows
    assert [(row.host or row.process, row.depth) for row in rows] == [
        (1, 0), ("node-a", 0), (2, 1), (3, 1), ("node-b", 0), (4, 1), (5, 1),
    ]  # fmt: skip
    timeline = view.state.timeline
    assert timeline is not None
    assert row_sentence(timeline, rows[4]) == "Machine node-b: 2 workers, 1 failed"
    view.select(ProcessSelection(5))
    headers = find(view, Headers)
    middle = rows[4].top_px + rows[4].height_px // 2
    qtbot.mouseClick(headers, LEFT, pos=QPoint(60, middle))
    assert [row.host or row.process for row in view.state.rows] == [1, "node-a", 2, 3, "node-b"]
    assert list(view.state.rows.groups())[-1] == (4, 5)
    folded = view.state.rows[4]
    assert view.state.rows.is_chosen(folded, ProcessSelection(5))
    assert not view.state.rows.is_chosen(view.state.rows[1], ProcessSelection(5))
    assert row_sentence(timeline, folded).endswith("; folded")
    qtbot.mouseClick(headers, LEFT, pos=QPoint(60, middle))
    assert len(view.state.rows) == 7


def test_a_thing_on_a_folded_machine_is_unfolded_when_it_is_shown(view: TimelineView) -> None:
    view.arrange(Arrangement(folded_hosts=frozenset(HOSTS)))
    assert len(view.state.rows) == 3
    timeline = view.state.timeline
    assert timeline is not None
    timeline.add_thread(5, 1)
    task = timeline.begin_task(5, "threaded", 9 * SECOND, timeline.threads_of(5)[0].id)
    view.refresh()
    view.reveal(TaskSelection(5, 9 * SECOND, task))
    assert view.state.rows.row_of(5) is not None
    assert view.state.arrangement.folded_hosts == {"node-a"}


def test_a_filter_hides_machines_without_a_lane_that_is_left() -> None:
    rows = Rows.of(watched_run(), Arrangement(hidden=frozenset({2, 3}), folded_hosts=frozenset({"node-b"})))
    assert [row.host or row.process for row in rows] == [1, "node-b"]
