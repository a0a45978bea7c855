"""Moments of different observers, in an order that can be true."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.recording import recorded

from workers.engines.programs import script_program
from workers.folding.lifetimes import Lifetimes
from workers.timeline.model import Process, ProcessKind

MOMENTS = (
    "start_called_ns", "born_ns", "target_began_ns", "target_ended_ns", "exited_ns", "reaped_ns", "joined_ns",
)  # fmt: skip


def in_order(process: Process) -> bool:
    """Whether the moments that are known ascend."""
    known = [at for name in MOMENTS if (at := getattr(process, name)) is not None]
    return known == sorted(known)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Callable[[Lifetimes, Process], object]], int]:
    """What the witnesses of one life say, in any order; and when the parent began to start it."""
    start = draw(st.integers(0, 10**6))
    steps = draw(st.lists(st.integers(0, 50_000), min_size=6, max_size=6))
    born, began, ended, died, reap, _ = (start + sum(steps[: at + 1]) for at in range(6))
    late = draw(st.lists(st.integers(0, 100_000), min_size=4, max_size=4))
    said: list[Callable[[Lifetimes, Process], object]] = []
    returned = born + late[0]  # the parent may be held up until the child is gone
    said.append(lambda lives, process: lives.began_by(process, returned))
    said.append(lambda lives, process: lives.born(process, (start + returned) // 2))
    if draw(st.booleans()):
        said.append(lambda lives, process: lives.born(process, born, exactly=True))
    if draw(st.booleans()):  # it has a journal
        worker = draw(st.booleans())

        def own(lives: Lifetimes, process: Process) -> None:
            lives.born(process, began)  # as its HELLO does
            lives.began_by(process, began)
            if worker:
                lives.began(process, began)
            lives.wrote(process, began)
            process.target_ended_ns = ended
            lives.wrote(process, ended)

        said = [one for one in said if one is not said[0]] if draw(st.booleans()) else said
        said.append(own)
    match draw(st.sampled_from(("kernel", "woken", "two looks", "none"))):
        case "kernel":
            said.append(lambda lives, process: lives.exited(process, died, 0))
        case "woken":
            said.append(lambda lives, process: lives.exited(process, died + late[1], 0))
        case "two looks":
            before, after = max(born, died - late[1]), died + late[2]
            said.append(lambda lives, process: lives.exited(process, (before + after) // 2, 0, after - before))
    if draw(st.booleans()):
        said.append(lambda lives, process: lives.reaped(process, died + steps[5] + late[3], 0))

        def joined(lives: Lifetimes, process: Process) -> None:
            process.joined_ns = reap + 1_000_000
            lives.reaped(process, process.joined_ns)

        said.append(joined)
    return draw(st.permutations(said)), start


@given(lives())
def test_moments_are_in_an_order_that_can_be_true(
    life: tuple[list[Callable[[Lifetimes, Process], object]], int],
) -> None:
    said, start = life
    process = Process(2, "child", ProcessKind.SUBPROCESS, start_called_ns=start)
    lifetimes = Lifetimes()
    for one in said:
        one(lifetimes, process)
    lifetimes.bracket(process)
    lifetimes.settle([process])
    assert in_order(process), {name: getattr(process, name) for name in MOMENTS}


def test_hundreds_of_short_subprocesses_began_before_they_ended(tmp_path: Path) -> None:
    source = tmp_path / "many.py"
    source.write_text("import subprocess\nfor _ in range(200):\n    subprocess.run(['/bin/true'])\n")
    timeline = recorded(script_program(str(source)))
    children = [process for process in timeline.processes if process.kind is ProcessKind.SUBPROCESS]
    assert len(children) == 200
    wrong = [process for process in children if not in_order(process)]
    assert not wrong, f"{len(wrong)} of 200: {wrong[:1]}"
