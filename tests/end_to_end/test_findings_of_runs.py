"""Of real runs in which nothing goes wrong nothing is said; of one that loses a worker, what was lost."""

import os
import re
import sys
from pathlib import Path

import pytest
from recording import recorded, recording, script

import resources
from workers.findings import findings
from workers.launch import Program, script_program
from workers.plan import Order, Plan, StartMethod, Workload
from workers.presets import PRESETS, Preset
from workers.timeline import Timeline

EXAMPLES = Path(resources.__file__).parent / "examples"
posix_only = pytest.mark.skipif(os.name != "posix", reason="forks")


def said(timeline: Timeline) -> list[str]:
    """What is wrong with a run; that a busy machine let the recorder miss something is not."""
    return [finding.text for finding in findings(timeline) if finding.code != "recording"]


@posix_only
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_are_healthy(preset: Preset) -> None:
    plan = Plan.make([size // 1000 for size in preset.sizes], preset.workload, StartMethod.FORK, preset.order)
    assert said(recorded(plan)) == []


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_examples_are_healthy(name: str, tmp_path: Path) -> None:
    text = re.sub(r"\b(\d+)_000_000\b", r"\1_000", (EXAMPLES / name).read_text(encoding="utf-8"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    timeline = recorded(script_program(tmp_path / name))
    assert timeline.exit_code == 0
    assert said(timeline) == []


@posix_only
@pytest.mark.parametrize("name", ["helpers.py", "moves_away.py", "pools_of_threads.py", "own_stdout.py"])
def test_scripts_that_work_are_healthy(name: str) -> None:
    timeline = recorded(script(name, "fork"))
    assert timeline.exit_code == 0
    assert said(timeline) == []


def test_one_after_another_is_no_fault() -> None:
    assert said(recorded(Plan.make([1000] * 2, Workload.SLEEP, StartMethod.SPAWN, Order.ONE_BY_ONE))) == []


@posix_only
def test_a_pool_that_loses_a_worker_waits_for_its_result() -> None:
    code = """
import multiprocessing, os, signal, threading
def last(number):
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        pool.apply(last, (1,))
"""
    with recording(Program((sys.executable, "-c", code), os.getcwd(), "code")) as following:
        following.until(lambda: any("killed by SIGKILL" in text for text in said(following.timeline)))
        if sys.platform.startswith("linux"):
            following.until(lambda: len(said(following.timeline)) == 2)
        following.run.stop()
        timeline = following.finish()
    killed = next(text for text in said(timeline) if "killed by SIGKILL" in text)
    assert ", and with it the result of last" in killed
    if sys.platform.startswith("linux"):
        assert any(
            text.startswith("The program waits for the result of last, which will never come")
            for text in said(timeline)
        )
