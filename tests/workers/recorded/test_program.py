"""A plan's program by itself, as plain Python runs it: no recorder, no keeper."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from workers.commands import AskParent, encode
from workers.engines.programs import plan_program
from workers.journal.journal_reader import JournalReader
from workers.journal.plan_kinds import StepBegan
from workers.plan.plan import Order, Plan, StartMethod, Workload


def run(plan: Plan, folder: Path, commands: list[AskParent] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the program; commands: on its standard input."""
    program = plan_program(plan, folder, straight=commands is None)
    text = "".join(encode(command).decode() for command in commands or [])
    return subprocess.run(
        program.argv, input=text, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )


def steps(folder: Path) -> list[tuple[int, int, int]]:
    """(step, worker, request) as noted; (-1, 0, 0) where it waited."""
    records, _ = JournalReader(folder / "program.journal").read(final=True)
    return [(r.step, r.worker, r.request) if isinstance(r, StepBegan) else (-1, 0, 0) for r in records]


@pytest.mark.parametrize("method", list(StartMethod))
def test_a_plan_straight_through(tmp_path: Path, method: StartMethod) -> None:
    done = run(Plan.make([1000, 2000], Workload.SORT, method, Order.ASK_BETWEEN), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-2:] == ["We're done", "Global var at end of processing: [None, None]"]
    assert "Function idx:  2 [None, True]" in lines
    assert [line for line in lines if "alive" in line] == ["p2 alive:? True", "p1 alive:? False"] or (
        [line for line in lines if "alive" in line] == ["p2 alive:? False", "p1 alive:? False"]  # it was that quick
    )
    assert steps(tmp_path) == [(0, 1, 0), (1, 2, 0), (2, 2, 0), (3, 1, 0), (4, 1, 0), (5, 2, 0)]


def test_it_prints_its_pid_where_the_guide_does(tmp_path: Path) -> None:
    done = run(Plan.make([1000], Workload.SORT_PID), tmp_path)
    assert done.stdout.startswith("Parent id: ")
    assert done.stdout.endswith("We're done\n")


def test_it_waits_before_the_first_join_for_join_rest(tmp_path: Path) -> None:
    commands = [
        AskParent(1, "alive", 1),
        AskParent(2, "start", 1),
        AskParent(3, "join_rest"),
    ]
    done = run(Plan.make([1000], Workload.SORT), tmp_path, commands)
    assert done.returncode == 0
    assert "p1: cannot start a process twice" in done.stderr
    noted = steps(tmp_path)
    assert (0, 1, 0) in noted
    assert [request for _, _, request in noted if request] == [1, 2, 3]
    assert noted[-1] == (1, 1, 0)


def test_by_hand_it_carries_out_requests_and_ends_when_all_are_joined(tmp_path: Path) -> None:
    commands = [
        AskParent(1, "start", 2),
        AskParent(2, "start", 1),
        AskParent(3, "terminate", 2),
        AskParent(4, "join", 2),
        AskParent(5, "kill", 1),
        AskParent(6, "join", 1),
        AskParent(7, "alive", 1),
    ]
    done = run(Plan.make([60_000_000] * 2, Workload.SLEEP, StartMethod.FORK, Order.BY_HAND), tmp_path, commands)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "We're done"
    assert [request for _, _, request in steps(tmp_path) if request][:6] == [1, 2, 3, 4, 5, 6]


def test_finish_ends_it_before_all_is_started(tmp_path: Path) -> None:
    plan = Plan.make([1000] * 3, Workload.SORT, StartMethod.FORK, Order.BY_HAND)
    done = run(plan, tmp_path, [AskParent(1, "finish")])
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "We're done")


def test_what_it_imports_is_little() -> None:
    """The user waits for the program to start, and each spawned worker imports its main module again."""
    code = (
        "import sys, multiprocessing\nbefore = set(sys.modules)\n"
        "import workers.recorded.program\nprint(*sorted(set(sys.modules) - before))\n"
        "import workers.recorded.parent\nprint(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    main, parent = (set(line.split()) for line in done.stdout.splitlines())
    assert {name for name in main if name.startswith("workers")} == {
        "workers",
        "workers.recorded",
        "workers.recorded.program",
        "workers.recorded.workloads",
    }
    assert {name for name in parent - main if name.startswith("workers")} == {
        "workers.commands",
        "workers.recorded.parent",
        "workers.recorded.probe",
    }
    assert not {"dataclasses", "enum", "typing", "inspect", "pathlib", "json"} & main - {"enum"}
    assert not {"dataclasses", "inspect", "pathlib", "importlib.util"} & parent
