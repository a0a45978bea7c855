"""Which arrows show: all while there are few lanes, and the selection's strong."""

from support.builders import joined_run

from desktop.chart.drawing.shown_links import ShownLinks
from desktop.facts.selection import CallSelection, ProcessSelection
from workers.plan.plan import Plan
from workers.timeline.model import CallName, LinkKind
from workers.timeline.timeline import Timeline


def test_every_start_and_join_has_a_quiet_arrow() -> None:
    shown = ShownLinks.of(joined_run(4), None)
    assert [link.kind for link in shown.quiet].count(LinkKind.START) == 4
    assert [link.kind for link in shown.quiet].count(LinkKind.JOIN) == 4
    assert not shown.strong


def test_a_selected_process_has_its_own_arrows_strong() -> None:
    strong = ShownLinks.of(joined_run(4), ProcessSelection(3)).strong
    assert {(link.kind, link.from_process, link.to_process) for link in strong} == {
        (LinkKind.START, 1, 3), (LinkKind.JOIN, 3, 1),
    }  # fmt: skip


def test_a_selected_join_has_only_its_own_arrow() -> None:
    timeline = joined_run(4)
    join = next(call for call in timeline.calls if call.name is CallName.JOIN and call.process == 4)
    strong = ShownLinks.of(timeline, CallSelection(1, 0, call=join.id)).strong
    assert [(link.kind, link.from_process) for link in strong] == [(LinkKind.JOIN, 4)]


def test_with_very_many_lanes_only_the_selection_has_arrows() -> None:
    timeline = joined_run(64)
    many = Timeline(Plan((1,)))
    many.processes, many.calls = timeline.processes * 2, timeline.calls
    assert not ShownLinks.of(many, None).quiet
    assert ShownLinks.of(many, ProcessSelection(3)).strong
