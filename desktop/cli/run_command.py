"""``procession run``: runs a plan without a window, and prints or saves what happened. The command line's only thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.usage import Parser, add_disk_limit_option, add_output_options, check_outputs
from desktop.cli.verb import CommandLineVerb
from workers.errors import PlanError

if TYPE_CHECKING:
    from workers.plan.plan import Plan


def run(arguments: list[str]) -> int:
    """Carry out the command. Raises PlanError before anything runs, RunError if the plan could not be started."""
    from desktop.cli.plan_options import plan_of
    from desktop.cli.plan_run import run_and_report
    from desktop.cli.terminal import Terminal

    options = _parse(arguments)
    plan = plan_of(options)
    _check(plan, [Path(out) for out in options.out], force=options.force)
    return run_and_report(plan, options, Terminal(quiet=options.json))


def _parse(arguments: list[str]) -> argparse.Namespace:
    from desktop.cli.plan_options import add_plan_options

    parser = Parser(
        "procession run",
        allow_abbrev=False,
        description="Run a plan without a window, and print or save what happened.",
    )
    add_plan_options(parser)
    add_output_options(parser)
    add_disk_limit_option(parser)
    parser.add_argument("--force", action="store_true", help="run although it does not fit in the memory there is")
    return parser.parse_args(arguments)


def _check(plan: "Plan", outs: list[Path], *, force: bool) -> None:
    """Refuse, before anything runs, a plan or an output that cannot end well. Raises PlanError."""
    from workers.plan.estimate import refusal
    from workers.system.machine import look_at_machine

    check_outputs(outs)
    why = None if force else refusal(plan, look_at_machine())
    if why is not None:
        raise PlanError(f"{why} --force runs it all the same.")


VERB = CommandLineVerb("run", "run a plan without a window, and print or save what happened", run)
