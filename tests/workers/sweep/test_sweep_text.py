"""A sweep on a terminal: a table, a curve, and no line that is too wide."""

import pytest
from support.sweeps import amdahl_sweep, sweep_of

from workers.sweep.sweep_text import speed_up_curve, table, text


def test_the_table_has_a_line_for_each_number() -> None:
    lines = table(sweep_of({1: [4.0], 2: [2.0, None], 4: [None]}))
    assert [line.split()[:2] for line in lines[1:]] == [["1", "1"], ["2", "1"], ["4", "0"]]
    assert lines[2].endswith("✕ 1 of 2 runs failed: exit code 3")
    assert lines[3].split()[2:7] == ["–"] * 5


@pytest.mark.parametrize("width", [40, 80, 200])
def test_bars_are_as_long_as_the_speed_up(width: int) -> None:
    sweep = sweep_of({1: [4.0], 2: [2.0], 4: [2.0]}, cores=2)
    lines = speed_up_curve(sweep, width)
    one, two, four = (line.count("█") for line in lines[1:4])
    assert (two, four) == (pytest.approx(2 * one, abs=1), two)
    assert lines[3].count("│") == 1
    assert "│" not in lines[2]  # the ideal is reached
    assert lines[4] == "4: more workers than the 2 cores"


def test_what_the_sizes_allow_is_said() -> None:
    lines = speed_up_curve(sweep_of({1: [4.0], 2: [2.0], 4: [2.1]}, bounds=(1.0, 2.0, 2.0)), 80)
    assert lines[-1] == "4: sizes that stay whole allow 2.0 times at most"


def test_without_a_speed_up_there_is_no_curve() -> None:
    assert speed_up_curve(sweep_of({2: [2.0], 4: [1.0]}), 80) == []
    assert "speed-up by workers" not in text(sweep_of({2: [2.0], 4: [1.0]}))


@pytest.mark.parametrize("width", [60, 100])
def test_sentences_are_folded(width: int) -> None:
    made = text(amdahl_sweep(), width)
    assert made.endswith("\n")
    assert max(map(len, made.splitlines())) <= max(width, 72)
    assert "8 % of the work seems serial" in " ".join(made.split())
