"""The script that is equivalent to a plan: it compiles, it is tidy, and it does the same."""

import ast
import itertools
import multiprocessing
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from workers.plan.listing import Listing, make_listing
from workers.plan.plan import MOST_WORKERS, Order, Plan, StartMethod, Step, Verb, Workload

METHODS = [StartMethod(name) for name in multiprocessing.get_all_start_methods()]


def line(listing: Listing, number: int) -> str:
    """The line with this number, from 1, without its indent."""
    return listing.text.splitlines()[number - 1].strip()


def run(plan: Plan, folder: Path, made: Sequence[Step | str] = ()) -> "subprocess.CompletedProcess[str]":
    """What plain python makes of the plan's script."""
    script = folder / "listing.py"
    script.write_text(make_listing(plan, made).text, encoding="utf-8")
    # Unbuffered, workers that print at the same moment mix their lines: that is so, but not what is tested here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, str(script)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def expected(step: Step) -> str:
    """The statement that carries out `step`, written a second way."""
    p = f"p{step.worker}"
    return {
        Verb.START: f"{p}.start()",
        Verb.JOIN: f"{p}.join()" if step.timeout_s is None else f"{p}.join({step.timeout_s})",
        Verb.ALIVE: f'print(f"{p} alive:? {{{p}.is_alive()}}")',
        Verb.TERMINATE: f"{p}.terminate()",
        Verb.KILL: f"{p}.kill()",
    }[step.verb]


@pytest.mark.parametrize("workload", Workload)
def test_every_plan_compiles_and_fits(workload: Workload) -> None:
    for method, order in itertools.product(StartMethod, Order):
        plan = Plan.make([10_000_000, 70_000_000], workload, method, order)
        text = make_listing(plan).text
        compile(text, plan.title, "exec", dont_inherit=True)
        assert [line for line in text.splitlines() if len(line) > 100] == []
        assert text.endswith(f'    multiprocessing.set_start_method("{method}")\n    main()\n')
        assert ast.get_docstring(ast.parse(text)) == f"{plan.title}."


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("workers", [1, 3, MOST_WORKERS])
def test_step_lines_carry_out_their_steps(order: Order, workers: int) -> None:
    plan = Plan.make([10_000] * workers, Workload.SORT, StartMethod.FORK, order)
    steps = plan.steps or Order.START_THEN_JOIN.steps(workers)  # by hand the user may do the same
    listing = make_listing(plan, steps)
    assert [line(listing, number) for number in listing.step_lines] == [expected(step) for step in steps]
    assert [line(listing, number) for number in listing.start_lines] == [f"p{n + 1}.start()" for n in range(workers)]
    assert [line(listing, number) for number in listing.join_lines] == [f"p{n + 1}.join()" for n in range(workers)]
    assert list(listing.step_lines) == sorted(set(listing.step_lines))


def test_steps_of_every_verb() -> None:
    plan = Plan.make([1000] * 3, steps="start 1; start 2; join 1 0.5; alive 3; terminate 1; kill 2")
    listing = make_listing(plan)
    assert [line(listing, number) for number in listing.step_lines] == [
        "p1.start()",
        "p2.start()",
        "p1.join(0.5)",
        'print(f"p3 alive:? {p3.is_alive()}")',
        "p1.terminate()",
        "p2.kill()",
    ]
    assert (listing.start_lines[2], listing.join_lines[1:]) == (0, (0, 0))


def test_by_hand_the_calls_are_written_as_they_are_made(tmp_path: Path) -> None:
    plan = Plan.make([1000, 1000], Workload.SLEEP, METHODS[0], Order.BY_HAND)
    assert make_listing(plan).step_lines == ()
    assert run(plan, tmp_path).stdout == "We're done\n"  # nothing was started
    made = [Step(Verb.START, 2), Step(Verb.JOIN, 2), "p1 was not there yet.", Step(Verb.START, 1), Step(Verb.ALIVE, 2)]
    listing = make_listing(plan, made)
    assert [line(listing, number) for number in listing.step_lines] == [
        "p2.start()", "p2.join()", "p1.start()", 'print(f"p2 alive:? {p2.is_alive()}")',
    ]  # fmt: skip
    assert line(listing, listing.step_lines[1] + 1) == "# p1 was not there yet."
    assert [line(listing, n) for n in (*listing.start_lines, *listing.join_lines[1:])] == [
        "p1.start()", "p2.start()", "p2.join()",
    ]  # fmt: skip
    assert listing.join_lines[0] == 0
    done = run(plan, tmp_path, made)
    assert (done.returncode, done.stderr) == (0, "")
    assert [text for text in done.stdout.splitlines() if "Worker 1" not in text] == [
        "Worker 2 sleeps for 0.001 s", "Worker 2 is done", "p2 alive:? False", "We're done",
    ]  # fmt: skip


def test_a_long_title_is_cut() -> None:
    steps = [Step(verb, n) for n in range(1, 41) for verb in (Verb.START, Verb.ALIVE)]
    first = make_listing(Plan.make([1000] * 40, steps=steps)).text.splitlines()[0]
    assert len(first) <= 100
    assert first.endswith('…"""')


def test_a_linter_finds_nothing(tmp_path: Path) -> None:
    """No unused import, no undefined name, imports in order, and laid out as a formatter would."""
    for workload in Workload:
        for order in Order:
            plan = Plan.make([10_000, 2_000_000], workload, StartMethod.SPAWN, order)
            text = make_listing(plan, [Step(Verb.START, 2), "Asked again.", Step(Verb.ALIVE, 1)]).text
            (tmp_path / f"{workload}_{order.name}.py".replace("-", "_")).write_text(text, "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (
        ["check", "--select", "E,F,I,W,B,PIE", "--line-length", "100"],
        ["format", "--diff", "--line-length", "100"],
    ):
        whole = [*ruff, *command, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("method", METHODS)
def test_sorting_prints_what_the_guide_prints(method: StartMethod, tmp_path: Path) -> None:
    done = run(Plan.make([300, 200, 100], Workload.SORT, method), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert lines_of(done.stdout) == Counter(
        [
            *("Started with n: 300", "Setting global var at idx: 0", "Function idx:  1 300"),
            *("Started with n: 200", "Setting global var at idx: 1", "Function idx:  2 200"),
            *("Started with n: 100", "Setting global var at idx: 2", "Function idx:  3 100"),
            "Function idx:  1 [True, None, None]",
            "Function idx:  2 [None, True, None]",
            "Function idx:  3 [None, None, True]",
            "We're done",
            "Global var at end of processing: [None, None, None]",
        ]
    )


@pytest.mark.parametrize("pieces", [((200, 100), (50,)), ((100, 100, 100), (30, 20)), ((7, 7, 6, 6), (1,))])
def test_a_worker_with_several_pieces_does_them_in_turn(pieces: tuple[tuple[int, ...], ...], tmp_path: Path) -> None:
    done = run(Plan.make(map(sum, pieces), Workload.SORT, METHODS[-1], pieces=pieces), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    started = [int(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("Started")]
    assert sorted(started) == sorted(piece for each in pieces for piece in each)


@pytest.mark.parametrize("method", METHODS)
def test_asking_prints_the_answers(method: StartMethod, tmp_path: Path) -> None:
    steps = "start*; alive 1; join*; alive*"
    done = run(Plan.make([300_000, 20], Workload.SLEEP, method, steps), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert lines_of(done.stdout) == Counter(
        [
            *("Worker 1 sleeps for 0.3 s", "Worker 1 is done", "Worker 2 sleeps for 2e-05 s", "Worker 2 is done"),
            *("p1 alive:? True", "p1 alive:? False", "p2 alive:? False", "We're done"),
        ]
    )


def test_a_failing_worker_leaves_the_rest_be(tmp_path: Path) -> None:
    done = run(Plan.make([10], Workload.FAIL, METHODS[0]), tmp_path)
    assert done.returncode == 0
    assert lines_of(done.stdout) == Counter(["Worker 1 will raise", "We're done"])
    assert "ValueError: worker 1 failed on purpose" in done.stderr


@pytest.mark.parametrize(("workload", "size", "text"), [
    (Workload.CRASH, 10, "Worker 1 will be killed"),
    (Workload.SPIN, 10, "Worker 1 is done"),
    (Workload.ALLOCATE, 10_000, "Worker 1 held 10000 bytes"),
])  # fmt: skip
def test_the_other_workloads_run(workload: Workload, size: int, text: str, tmp_path: Path) -> None:
    done = run(Plan.make([size], workload, METHODS[0]), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert text in done.stdout.splitlines()
    assert done.stdout.endswith("We're done\n")


def lines_of(text: str) -> Counter[str]:
    """How often each line was printed: workers print in any order."""
    return Counter(text.splitlines())


def test_a_plan_on_a_cluster_is_a_script_for_dask() -> None:
    listing = make_listing(Plan.make([2000, 3000], steps="start*; alive 2; join*; terminate 1", engine="dask"))
    lines = listing.text.splitlines()
    assert [lines[number - 1].strip() for number in listing.step_lines] == [
        'p1 = client.submit(sort, 1, 2_000, key="sort-1", pure=False)',
        'p2 = client.submit(sort, 2, 3_000, key="sort-2", pure=False)',
        'print(f"p2 status: {p2.status}")',
        "p1.result()",
        "p2.result()",
        "p1.cancel()",
    ]
    assert "multiprocessing" not in listing.text
    compile(listing.text, "listing", "exec")


def test_a_script_for_dask_goes_on_where_a_join_does_not_raise() -> None:
    plan = Plan.make([9, 9], Workload.FAIL, steps="start*; join 1 0.5; join*", engine="dask=tcp://10.0.0.5:8786")
    text = make_listing(plan).text
    assert "with Client('tcp://10.0.0.5:8786') as client:" in text
    assert "result(p1, 0.5)" in text
    assert "LocalCluster" not in text
    compile(text, "listing", "exec")
