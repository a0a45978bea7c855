"""The example scripts: they are the presets' own listings, and give what the guide's output says."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.paths import EXAMPLES

from workers.plan.listing import make_listing
from workers.plan.plan import Plan, StartMethod
from workers.plan.presets import PRESETS, Preset


def run_small(name: str, folder: Path) -> list[str]:
    """The lines that the example prints when it has two hundred times less to do."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    small, cuts = re.subn(r"(?<=, )(\d+)_000_000(?=\)\))", lambda match: str(int(match[1]) * 5_000), text)
    assert cuts == text.count("= Process(")
    script = folder / name
    script.write_text(small, encoding="utf-8")
    # Unbuffered, workers that print at the same moment mix their lines: that is so, but not what is tested here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.example)
def test_example_is_the_listing_of_its_preset(preset: Preset) -> None:
    """Spawn, because it is the one start method that every system has."""
    plan = Plan.make(preset.sizes, preset.workload, StartMethod.SPAWN, preset.order)
    assert (EXAMPLES / preset.example).read_text(encoding="utf-8") == make_listing(plan).text


def test_every_example_has_a_preset() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {preset.example for preset in PRESETS}


def test_four_sorters_have_a_global_each(tmp_path: Path) -> None:
    lines = run_small("four_sorters.py", tmp_path)
    ends = Counter(line for line in lines if "[" in line)
    assert ends == Counter(
        [
            "Function idx:  1 [True, None, None, None]",
            "Function idx:  2 [None, True, None, None]",
            "Function idx:  3 [None, None, True, None]",
            "Function idx:  4 [None, None, None, True]",
            "Global var at end of processing: [None, None, None, None]",
        ]
    )
    assert lines[-2:] == ["We're done", "Global var at end of processing: [None, None, None, None]"]
    assert sorted(line for line in lines if line.startswith("Started")) == [
        f"Started with n: {n}" for n in (100_000, 200_000, 350_000, 50_000)
    ]


def test_both_are_alive_before_any_join(tmp_path: Path) -> None:
    lines = run_small("alive_before.py", tmp_path)
    assert answers(lines) == ["p1 alive:? True", "p2 alive:? True"]
    pids = {line.split(": ")[1] for line in lines if "id: " in line}
    assert lines[0].startswith("Parent id: ")
    assert len(pids) == 3


def test_the_joined_one_is_dead_between_the_joins(tmp_path: Path) -> None:
    lines = run_small("alive_between.py", tmp_path)
    assert answers(lines) == ["p2 alive:? True", "p1 alive:? False"]


def test_none_is_alive_after_its_join(tmp_path: Path) -> None:
    lines = run_small("alive_after.py", tmp_path)
    assert answers(lines) == ["p1 alive:? False", "p2 alive:? False"]


def answers(lines: list[str]) -> list[str]:
    """What is_alive() said, in the order asked."""
    return [line for line in lines if "alive:?" in line]
