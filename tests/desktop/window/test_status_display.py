"""What can be pressed, what the title says and what the status bar does."""

import pytest
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton
from support import builders
from support.widgets import find
from support.windows import button, sentence, show_run

from desktop.window.main_window import MainWindow

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert sentence(window) == "Set a plan and press Start."
    assert window.windowTitle() == "Procession"
    assert {name: button(window, name).isEnabled() for name in ("start", "join", "is_alive", "stop", "export", "follow")} == {
        "start": True, "join": False, "is_alive": False, "stop": False, "export": False, "follow": False,
    }  # fmt: skip
    assert not button(window, "follow").isChecked()


def test_button_that_cannot_act_says_why(window: MainWindow) -> None:
    assert button(window, "join").toolTip() == "Nothing is running: press Start first."
    assert button(window, "export").toolTip() == "There is no run yet: press Start first."
    assert button(window, "start").toolTip() == "Start the plan's workers (Ctrl+R)"


def test_plan_that_cannot_run_disables_start_with_its_reason(window: MainWindow) -> None:
    combo = find(window, QComboBox, "steps")
    combo.setEditText("join 1; start 1")
    assert not button(window, "start").isEnabled()
    assert "worker 1 is not started by then" in button(window, "start").toolTip()
    empty = find(window, QPushButton, "start_empty")
    assert not empty.isEnabled()
    said = find(window, QLabel, "empty_sentence")
    assert "worker 1 is not started by then" in said.text()
    assert "worker 1 is not started by then" in sentence(window)
    combo.setEditText("start*; join*")
    assert empty.isEnabled()
    assert said.text() == "Press Start to run the plan."
    assert sentence(window) == "Set a plan and press Start."


def test_title_and_follow_tell_the_state(window: MainWindow) -> None:
    run = show_run(window, builders.joined_run(2))
    assert run.plan is not None
    assert window.windowTitle() == f"{run.plan.title} – Procession"
    assert not button(window, "follow").isEnabled()
    assert not button(window, "follow").isChecked()


def test_long_sentence_does_not_widen_the_window(window: MainWindow) -> None:
    width = window.width()
    show_run(window, builders.joined_run(64, exit_codes=dict.fromkeys(range(1, 65), 1)))
    label = find(window, QLabel, "sentence")
    label.setText("x" * 2000)
    assert window.minimumSizeHint().width() <= width


def test_the_card_of_a_plan_stays_one_while_the_lessons_are_in_front(window: MainWindow) -> None:
    card = find(window, QFrame, "plan_card")
    sources = window.contents.sources
    for page, title in (
        (sources.learn, "Try a plan"),
        (sources.script, "Run the script"),
        (sources.plan, "Try a plan"),
    ):
        sources.setCurrentWidget(page)
        assert card.findChildren(QLabel)[0].text() == title
