"""The bar above the lanes: its stripes, its words, and when it is there."""

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from support.builders import joined_run, running_run, traced_run

from desktop.chart.widgets.balance_bar import BalanceBar
from desktop.look.palette import DARK, LIGHT
from workers.analysis.balance.worker_time import Part
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def bar_of(qtbot: QtBot, timeline: Timeline) -> BalanceBar:
    bar = BalanceBar()
    qtbot.addWidget(bar)
    bar.set_unit(1.0)
    bar.resize(1000, bar.height())
    bar.set_palette(LIGHT)
    bar.show_run(timeline)
    return bar


def test_a_stripe_for_each_part_as_long_as_its_share(qtbot: QtBot) -> None:
    timeline = joined_run(2)
    for process in timeline.processes[1:]:
        process.cpu_s, process.cpu_whole = 0.75, True
    bar = bar_of(qtbot, timeline)
    assert bar.summary is not None
    shares = {part: bar.summary.share(part) for part in Part}
    seen = [bar.part_at(x) for x in range(1000)]
    for part, share in shares.items():
        assert abs(seen.count(part) - 1000 * share) <= 2
    assert [one for at, one in enumerate(seen) if at == 0 or seen[at - 1] is not one] == [
        part for part in Part if round(1000 * shares[part])
    ]
    middle = seen.index(Part.COMPUTING) + seen.count(Part.COMPUTING) - 4
    for palette in (LIGHT, DARK):
        bar.set_palette(palette)
        assert bar.grab().toImage().pixelColor(middle, 3) == QColor(palette.alive)


def test_its_words_for_the_pointer_and_for_screen_readers(qtbot: QtBot) -> None:
    timeline = joined_run(2)
    for process in timeline.processes[1:]:
        process.cpu_s, process.cpu_whole = 0.75, True
    bar = bar_of(qtbot, timeline)
    words = bar.words_at(500)
    assert words.startswith("Workers: ")
    assert bar.accessibleName() == "Where the time of the workers went"
    assert "2 workers lived" in bar.accessibleDescription()
    assert "computing" in bar.accessibleDescription()


def test_it_is_there_for_runs_with_workers_only(qtbot: QtBot) -> None:
    assert not bar_of(qtbot, running_run(2)).isHidden()
    alone = Timeline()
    alone.add_process("program", ProcessKind.PROGRAM).born_ns = 0
    assert bar_of(qtbot, alone).isHidden()
    assert bar_of(qtbot, traced_run()).isHidden()
    bar = BalanceBar()
    qtbot.addWidget(bar)
    bar.never_show()
    bar.show_run(joined_run(2))
    assert bar.isHidden()


def test_a_live_run_is_measured_again_only_now_and_then(qtbot: QtBot) -> None:
    timeline = running_run(2)
    bar = bar_of(qtbot, timeline)
    first = bar.summary
    timeline.now_ns *= 2
    timeline.touch(2)
    bar.show_run(timeline)
    assert bar.summary is first
    timeline.ended = True
    bar.show_run(timeline)
    assert bar.summary is not first
