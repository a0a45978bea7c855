"""``procession watch``: watches a Dask cluster, and prints or saves what happened there. The command line's only thread."""

import argparse
import re
from pathlib import Path

from desktop.cli.usage import Parser, add_disk_limit_option, add_output_options, check_outputs
from desktop.cli.verb import CommandLineVerb

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, None: 1.0}


def run(arguments: list[str]) -> int:
    """Carry out the command. Raises PlanError before anything is installed, RunError if the watch could not be started."""
    from desktop.cli.plan_run import run_and_report
    from desktop.cli.terminal import Terminal
    from workers.engines.cluster.address_check import check_address
    from workers.engines.cluster.watch_program import INSTALLED, watch_program
    from workers.plan.plan_engines import checked_address

    options = _parse(arguments)
    program = watch_program(options.address, options.seconds)
    check_outputs(Path(out) for out in options.out)
    check_address(checked_address(options.address))
    terminal = Terminal(quiet=options.json)
    terminal.write(f"procession: this installs {INSTALLED}. They leave when the watch ends.\n", error=True)
    return run_and_report(program, options, terminal)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(
        "procession watch",
        allow_abbrev=False,
        description="Watch a Dask cluster without a window until it ends, and print or save what happened there.",
    )
    parser.add_argument("address", metavar="ADDRESS", help="of the scheduler, such as tcp://10.0.0.5:8786")
    parser.add_argument(
        "--for",
        dest="seconds",
        metavar="TIME",
        type=_seconds,
        default=0.0,
        help="end the watch after so long, such as 30s",
    )
    add_output_options(parser)
    add_disk_limit_option(parser)
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if not seconds:
        raise argparse.ArgumentTypeError(f"{text} is no time: 30s is meant, or 5m")
    return seconds


VERB = CommandLineVerb("watch", "watch a Dask cluster, and print or save what happened there", run)
