"""Descriptions of the programs that a run can launch: the parent of a plan, or a user's script. Pure; any process."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workers.keeper.launch import StandardStreams

if TYPE_CHECKING:
    from workers.plan.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds our packages."""
RECORDED = ROOT / "workers" / "recorded"
"""The folder of what runs in the program's processes."""
RUN_FOLDER = "{the run's folder}"
"""Among the arguments of a program of ours, stands for the folder that the engine makes."""
_WATCHED = "global_var_list"


class Program(NamedTuple):
    """A program to launch.

    argv, cwd: its command line and the folder it runs in; an empty cwd is a folder that was deleted.
    title: the name of its lane.
    watch: globals of its main module whose values are recorded.
    control: it takes commands on its standard input, which is otherwise empty.
    plan: the plan that it carries out.
    streams: it runs as a command of the user's shell, with these as its standard streams.
    descriptors: what else it inherits from us, each under its own number.
    pid_variables, pidfd_variables: environment variables whose value is to be its pid, or the number of its pidfd.
    blocked: the signals that it begins with blocked.
    engine: what reports call the engine, where it is not the one that launches this.
    """

    argv: tuple[str, ...]
    cwd: str
    title: str
    watch: tuple[str, ...] = ()
    control: bool = False
    plan: "Plan | None" = None
    streams: StandardStreams | None = None
    descriptors: tuple[int, ...] = ()
    pid_variables: tuple[str, ...] = ()
    pidfd_variables: tuple[str, ...] = ()
    blocked: tuple[int, ...] = ()
    engine: str = ""


def plan_program(plan: "Plan", folder: Path, *, straight: bool) -> Program:
    """The program that carries out `plan`. straight: it does all steps at once and takes no commands."""
    control = "-" if straight else "stdin"
    main = str(RECORDED / "program.py")
    argv = (sys.executable, "-P", main, str(plan.workers), str(folder), control, orders_of(plan))
    return Program(argv, os.getcwd(), "parent", (_WATCHED,), not straight, plan)


def script_program(
    script: Path | str,
    *arguments: str,
    python: str = sys.executable,
    module: bool = False,
    watch: tuple[str, ...] = (),
    streams: StandardStreams | None = None,
) -> Program:
    """The program of a user's script, run as ``python script arguments…`` in the current folder.

    module: `script` names a module, as after ``python -m``.
    """
    argv = (python, "-m", str(script)) if module else (python, str(script))
    title = str(script) if module else Path(script).name or str(script)
    return Program((*argv, *arguments), _current_folder(), title, watch, streams=streams)


def orders_of(plan: "Plan") -> str:
    """The plan as `workers.recorded.parent.Orders` reads it; the parent does not import plans."""
    return json.dumps(
        {
            "function": plan.workload.function,
            "start_method": plan.start_method.value,
            "pieces": [plan.pieces_of(worker) for worker in range(1, plan.workers + 1)],
            "steps": [(step.verb.value, step.worker, step.timeout_s) for step in plan.steps],
            "by_hand": plan.by_hand,
            "first_join": plan.first_join,
        }
    )


def _current_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""
