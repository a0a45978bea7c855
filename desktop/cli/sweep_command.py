"""``procession sweep``: measures a plan or a script at several numbers of workers. The command line's only thread.

No Qt unless a picture is written. The runs are in sessions of their own, so a Ctrl-C in the terminal reaches only this process.
"""

import argparse
import shutil
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.usage import NOT_WRITTEN, Parser, add_scale_option
from desktop.cli.verb import CommandLineVerb
from workers.errors import PlanError
from workers.harmless_text import plain

if TYPE_CHECKING:
    from desktop.cli.interrupts import Interrupts
    from desktop.cli.terminal import Terminal
    from workers.sweep.measured import Sweep
    from workers.sweep.subjects import Subject

MOST_REPEATS = 100
_FAILED = 1
"""The exit code when a run failed whose program ended well, as when a worker of a plan raised."""
_PLAN_ONLY = ("sizes", "workload", "start_method", "steps")
_WITH_VALUE = (
    "--workers", "--repeat", "-o", "--out", "--scale", *(f"--{name.replace('_', '-')}" for name in _PLAN_ONLY)
)  # fmt: skip
_USAGE = (
    "procession sweep --workers 1,2,4 [--repeat 3] [plan options] [-o OUT]... [--json]\n"
    "       procession sweep --workers 1,2,4 [--repeat 3] [-o OUT]... [--json] SCRIPT [ARGS with {workers}]..."
)
_DESCRIPTION = """Run a plan or a script at several numbers of workers, several times in interleaved order, and show how time,
speed-up and efficiency change. The work of a plan stays the same at every number of workers: equal sizes are shared equally,
sizes that differ stay whole and are dealt out. With one value, --sizes is the size of each worker at the largest number."""
_OUT_HELP = "save the sweep; may be given several times. The suffix decides: .png .svg .pdf (the curves), .csv, .json"


def sweep(arguments: list[str]) -> int:
    """Carry out the command. Raises PlanError before anything runs, RunError if a run could not be started."""
    options, command = _parse(arguments)
    from desktop.cli.interrupts import Interrupts
    from desktop.cli.terminal import Terminal
    from workers.sweep.sweep_files import json_text
    from workers.sweep.sweep_text import text
    from workers.sweep.sweeper import new_sweep
    from workers.system.allowed_cores import allowed_cores

    outs = [Path(out) for out in options.out]
    _check_outputs(outs)
    counts, subject = _subject(options, command)
    terminal = Terminal(quiet=options.json)
    with Interrupts().caught() as interrupts:
        made = _carry_out(
            new_sweep(subject, counts, options.repeat, allowed_cores()), subject, terminal, interrupts, options.json
        )
    if options.json:
        terminal.write_pieces((json_text(made),))
    elif made.runs:
        terminal.write(text(made, shutil.get_terminal_size((100, 24)).columns))
    saved = True
    for out in outs if made.runs else []:
        saved = _save(made, out, options.scale, partial(terminal.write, error=True)) and saved
    code = _exit_code(made, interrupts)
    return code if saved else code or NOT_WRITTEN


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and the script with its arguments. Our options end where the script begins."""
    from desktop.cli.plan_options import add_work_options

    parser = Parser("procession sweep", usage=_USAGE, allow_abbrev=False, description=_DESCRIPTION)
    parser.add_argument("--workers", metavar="LIST", help="the numbers of workers, as in 1,2,4")
    parser.add_argument(
        "--repeat", type=_repeats, default=3, metavar="N", help="how often each is run (3 unless given)"
    )
    parser.add_argument("-o", "--out", action="append", default=[], metavar="OUT", help=_OUT_HELP)
    add_scale_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    add_work_options(parser.add_argument_group("the plan, where no script is given"))
    at = _script_at(arguments)
    options = parser.parse_args(arguments[:at])
    command = arguments[at:]
    if command[:1] == ["--"]:
        command = command[1:]
    if options.workers is None:
        parser.error("which numbers of workers? Write --workers 1,2,4")
    given = [name for name in _PLAN_ONLY if getattr(options, name) != parser.get_default(name)]
    if command and given:
        parser.error(f"--{given[0].replace('_', '-')} belongs to a plan, and {command[0]} is a script")
    return options, command


def _script_at(arguments: list[str]) -> int:
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "--":
        at += 2 if arguments[at] in _WITH_VALUE else 1
    return min(at, len(arguments))


def _repeats(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_REPEATS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of repeats: write 1 to {MOST_REPEATS}")
    return number


def _check_outputs(outs: list[Path]) -> None:
    if not outs:
        return
    from desktop.export.sweep_export import check_sweep_export
    from workers.system.atomic_files import ExportError

    try:
        for out in outs:
            check_sweep_export(out)
    except ExportError as error:
        raise PlanError(str(error)) from error


def _subject(options: argparse.Namespace, command: list[str]) -> "tuple[tuple[int, ...], Subject]":
    """The numbers of workers, and what is run with each. Raises PlanError with one sentence."""
    from workers.sweep.dealing import parse_counts
    from workers.sweep.subjects import MOST_OF_A_SCRIPT, PlanSubject, ScriptSubject

    if command:
        from workers.engines.interpreter import likely_python, recordable

        counts = parse_counts(options.workers, MOST_OF_A_SCRIPT)
        made = ScriptSubject.make(command, python="")
        if not Path(command[0]).is_file():
            raise PlanError(f"There is no file {command[0]}.")
        return counts, ScriptSubject(made.script, recordable(likely_python()))
    from desktop.cli.plan_options import make_plan
    from workers.system.machine import look_at_machine

    counts = parse_counts(options.workers)
    one_each = options.sizes is None or "," not in options.sizes
    # This plan only says what the work is: each number of workers gets steps of its own.
    plan = make_plan(max(counts) if one_each else None, options.sizes, options.workload, options.start_method)
    subject = PlanSubject.make(plan, counts, options.steps)
    why = subject.refusal(counts, look_at_machine())
    if why is not None:
        raise PlanError(why)
    return counts, subject


def _carry_out(
    begun: "Sweep", subject: "Subject", terminal: "Terminal", interrupts: "Interrupts", json: bool
) -> "Sweep":
    from workers.sweep.sweep_words import workers_words
    from workers.sweep.sweeper import Asked, carry_out, progress

    made, last_s = begun, time.monotonic()

    def report(sweep: "Sweep") -> None:
        nonlocal made, last_s
        made, last_s = sweep, time.monotonic()
        run = sweep.runs[-1]
        if run.problem:
            said = f"procession: {workers_words(run.workers)}: {run.problem}"
            terminal.write(f"{plain(said)}\n", error=True)

    def listen() -> Asked:
        terminal.progress(progress(made, time.monotonic() - last_s))
        return Asked(min(interrupts.count, 2))

    try:
        return carry_out(begun, subject, listen, report)
    finally:
        terminal.clear()


def _save(made: "Sweep", out: Path, scale: int, write: "partial[None]") -> bool:
    from desktop.export.sweep_export import export_sweep
    from workers.system.atomic_files import ExportError

    try:
        export_sweep(made, out, scale=scale)
    except ExportError as error:
        write(f"procession: {plain(str(error))}\n")
        return False
    write(f"Saved {plain(str(out))}\n")
    return True


def _exit_code(made: "Sweep", interrupts: "Interrupts") -> int:
    """130 after Ctrl-C; else of the first run that failed, as its program ended."""
    if interrupts.first is not None:
        return 128 + interrupts.first
    failed = next((run for run in made.runs if run.problem), None)
    if failed is None:
        return 0
    code = failed.exit_code or _FAILED
    return code if code > 0 else 128 - code


VERB = CommandLineVerb("sweep", "run a plan or a script at several numbers of workers, and compare the times", sweep)
