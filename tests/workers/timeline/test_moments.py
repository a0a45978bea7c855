"""The moments of all processes as columns, and what all used together."""

from support.builders import MS, SECOND, joined_run, running_run

from workers.timeline.model import LinkKind, Sample
from workers.timeline.moments import NEVER, Moments
from workers.timeline.totals import Totals


def test_the_columns_follow_what_becomes_known() -> None:
    timeline = running_run(2)
    lives = Moments().update(timeline)
    assert lives.parent.tolist() == [0, 1, 1]
    assert lives.ended.tolist() == [NEVER] * 3
    child = timeline.process(3)
    child.exited_ns, child.exit_code = 300 * MS, -9
    timeline.touch(3)
    lives.update(timeline)
    assert lives.ended.tolist() == [NEVER, NEVER, 300 * MS]
    assert lives.failed.tolist() == [False, False, True]
    for _ in range(40):
        timeline.add_process("more", child.kind, 3)
    assert len(lives.update(timeline).began) == 43
    assert lives.ended[2] == 300 * MS


def test_what_all_use_is_the_sum_of_the_last_look_at_each() -> None:
    totals = Totals()
    timeline = running_run(2)
    for round_ns, cpu in ((0, 0.0), (200 * MS, 0.1), (400 * MS, 0.2), (600 * MS, 0.3)):
        for process in (2, 3):
            totals.add(process, Sample(round_ns + process, cpu * process, 10 * process))
    assert totals.samples.rss.tolist() == [50, 50, 50]
    assert totals.samples.cpu_s.tolist() == [0.0, 0.5, 1.0]
    totals.ended(timeline.process(2))
    totals.add(3, Sample(800 * MS, 1.0, 30))
    totals.add(3, Sample(SECOND, 1.0, 30))
    assert totals.samples.rss.tolist()[-1] == 30


def test_the_arrows_of_one_process_are_those_of_the_run_that_touch_it() -> None:
    timeline = joined_run(4)
    every = list(timeline.links())
    assert {link.kind for link in every} == {LinkKind.START, LinkKind.JOIN}
    for process in range(1, 6):
        mine = [link for link in every if process in (link.from_process, link.to_process)]
        found = list(timeline.links_of(process))
        assert sorted(found, key=repr) == sorted(mine, key=repr)
