"""``procession run``: runs a plan without a window, and prints or saves what happened. The command line's only thread."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.usage import NOT_WRITTEN, Parser, add_disk_limit_option, add_output_options, check_outputs, save
from desktop.cli.verb import CommandLineVerb
from workers.errors import PlanError
from workers.harmless_text import plain

if TYPE_CHECKING:
    from workers.plan.plan import Plan


def run(arguments: list[str]) -> int:
    """Carry out the command. Raises PlanError before anything runs, RunError if the plan could not be started."""
    from desktop.cli.plan_options import plan_of
    from desktop.cli.plan_run import run_plan
    from desktop.cli.run_summary import summary
    from desktop.cli.terminal import Terminal

    options = _parse(arguments)
    plan = plan_of(options)
    outs = [Path(out) for out in options.out]
    _check(plan, outs, force=options.force)
    terminal = Terminal(quiet=options.json)
    outcome = run_plan(plan, terminal, stop_when_unread=not outs, disk_limit=options.disk_limit)
    if options.json:
        from workers.report.report_json import report_pieces

        terminal.write_pieces(report_pieces(outcome.timeline))
    else:
        terminal.write("\n" + summary(outcome.timeline))
    for warning in outcome.timeline.warnings:
        terminal.write(f"procession: {plain(warning)}\n", error=True)
    saved = save(outcome.timeline, outcome.folder, outs, options.scale, partial(terminal.write, error=True))
    return outcome.exit_code if saved else outcome.exit_code or NOT_WRITTEN


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
