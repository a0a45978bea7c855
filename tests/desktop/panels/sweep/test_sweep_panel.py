"""The Sweep tab by real events, on sweeps that are built: keys and clicks go through the points, words say what is drawn."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot
from support.sweeps import amdahl_sweep, sweep_of
from support.widgets import button, find, label_text, press

from desktop.look.palette import DARK, LIGHT, Palette
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.panels.sweep.sweep_plots import SweepPlots, tick_texts
from desktop.panels.sweep.sweep_view import SweepView

KEYS = Qt.Key


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[SweepPanel]:
    made = SweepPanel()
    qtbot.addWidget(made)
    made.resize(720, 240)
    made.show_subject("The work stays the same.", "")
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def view(panel: SweepPanel) -> SweepView:
    return find(panel, SweepView, "sweep")


def plots(panel: SweepPanel) -> SweepPlots:
    found = view(panel).plots
    assert found is not None
    return found


def said(panel: SweepPanel) -> str:
    return label_text(panel, "sweep_said")


def test_before_a_sweep_it_says_what_one_is_and_loads_no_plots(panel: SweepPanel) -> None:
    assert "Is it faster with more workers?" in label_text(panel, "sweep_empty")
    assert said(panel) == "The work stays the same."
    assert view(panel).plots is None
    assert not button(panel, "sweep_export").isEnabled()


def test_arrows_go_through_the_points_and_enter_opens_one(panel: SweepPanel, qtbot: QtBot) -> None:
    panel.show_sweep(amdahl_sweep(counts=(1, 2, 4)))
    opened: list[int] = []
    panel.open_requested.connect(opened.append)
    words = []
    for key in (
        KEYS.Key_Right,
        KEYS.Key_Right,
        KEYS.Key_Return,
        KEYS.Key_End,
        KEYS.Key_Enter,
        KEYS.Key_Right,
        KEYS.Key_Home,
    ):
        qtbot.keyClick(view(panel), key)
        words.append(said(panel).split(":")[0])
    assert words == ["1 worker", "2 workers", "2 workers", "4 workers", "4 workers", "4 workers", "1 worker"]
    assert opened == [2, 4]
    assert view(panel).accessibleName() == f"Sweep. {said(panel)}"
    qtbot.keyClick(view(panel), KEYS.Key_Escape)
    assert said(panel).startswith("At 4 workers 3.2 times as fast as at 1; 8 % of the work seems serial")
    qtbot.keyClick(view(panel), KEYS.Key_Return)
    assert opened == [2, 4]


@pytest.mark.parametrize("plot", [0, 1, 2])
def test_a_click_chooses_the_point_there_and_a_double_click_opens_it(
    panel: SweepPanel, qtbot: QtBot, plot: int
) -> None:
    panel.show_sweep(amdahl_sweep(counts=(1, 4, 8)))
    qtbot.waitUntil(lambda: plots(panel).place_of(8, plot) is not None)
    panel.grab()  # lays the plots out
    place = plots(panel).place_of(8, plot)
    assert place is not None
    target = plots(panel).viewport()
    with qtbot.waitSignal(view(panel).chosen, timeout=5000):
        qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert said(panel).startswith("8 workers: ")
    with qtbot.waitSignal(panel.open_requested, timeout=5000) as opened:
        qtbot.mouseDClick(target, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert opened.args == [8]
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(target.width() - 2, 2))
    assert said(panel).startswith("8 workers: ")


def test_a_point_that_failed_can_be_chosen_and_says_so(panel: SweepPanel, qtbot: QtBot) -> None:
    panel.show_sweep(sweep_of({1: [4.0, 4.1], 2: [None, None]}))
    qtbot.keyClick(view(panel), KEYS.Key_End)
    assert said(panel) == "2 workers. 2 of 2 runs failed: exit code 3."


def test_a_new_run_keeps_the_chosen_point(panel: SweepPanel, qtbot: QtBot) -> None:
    panel.show_sweep(sweep_of({1: [4.0], 2: [2.0]}))
    qtbot.keyClick(view(panel), KEYS.Key_End)
    panel.show_sweep(sweep_of({1: [4.0, 4.1], 2: [2.0]}))
    assert said(panel).startswith("2 workers: ")
    panel.show_sweep(sweep_of({1: [4.0]}))
    assert said(panel).startswith("At 1 worker it takes 4.000 s.")


def test_what_is_asked_for_is_what_was_written(panel: SweepPanel, qtbot: QtBot) -> None:
    panel.suggest_counts("1,2,4,8")
    assert (panel.counts, panel.repeats) == ("1,2,4,8", 3)
    field = find(panel, QLineEdit, "sweep_workers")
    with qtbot.waitSignal(panel.counts_changed):
        qtbot.keyClicks(field, "1 3")
    find(panel, QSpinBox, "sweep_repeats").setValue(5)
    assert (panel.counts, panel.repeats) == ("1 3", 5)
    with qtbot.waitSignal(panel.start_requested):
        qtbot.keyClick(field, KEYS.Key_Return)
    panel.show_subject("", "0 workers are out of range.")
    assert said(panel) == "0 workers are out of range."
    assert not button(panel, "sweep_start").isEnabled()
    with qtbot.assertNotEmitted(panel.start_requested):
        qtbot.keyClick(field, KEYS.Key_Return)


def test_while_it_is_measured_there_is_stop_and_where_it_is(panel: SweepPanel, qtbot: QtBot) -> None:
    button(panel, "sweep_start").setFocus()
    panel.show_sweep(sweep_of({1: [4.0]}))
    panel.show_progress("Run 2 of 6: 2 workers (point 2 of 3), about 9 s left")
    assert said(panel).startswith("Run 2 of 6")
    assert not button(panel, "sweep_start").isVisible()
    assert button(panel, "sweep_stop").hasFocus()
    assert not find(panel, QLineEdit, "sweep_workers").isEnabled()
    with qtbot.waitSignal(panel.stop_requested):
        press(qtbot, panel, "sweep_stop")
    panel.show_progress("")
    assert said(panel).startswith("At 1 worker")
    assert button(panel, "sweep_start").hasFocus()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_sign_is_drawn_in_the_palettes_colours(panel: SweepPanel, palette: Palette) -> None:
    panel.set_palette(palette)
    panel.show_sweep(sweep_of({1: [4.0, 4.4], 2: [2.0, None], 4: [1.0, 1.2]}, cores=2.0))
    image = view(panel).grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    line = palette.starting if palette.dark else palette.alive
    assert {palette.base, line, palette.text, palette.bad, palette.join} <= colours
    assert (LIGHT if palette.dark else DARK).base not in colours


def test_numbers_of_workers_are_written_where_there_is_room() -> None:
    assert tick_texts((1, 2, 4, 8)) == [(1, "1"), (2, "2"), (4, "4"), (8, "8")]
    crowded = tick_texts((1, 2, 3, 4, 8, 16, 32, 64))
    assert [text for _, text in crowded] == ["1", "", "", "", "8", "16", "32", "64"]
    assert tick_texts((4,)) == [(4, "4")]
