"""What ``procession record`` was asked for, and the plain command, which it becomes where nothing can be recorded. The command
line's only thread.

This loads little of the recorder, since the reason may be that there is too little memory for it.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from desktop.cli.recorded.inherited import Inherited
from desktop.cli.usage import Parser, add_disk_limit_option, add_output_options, say
from workers.engines.interpreter import NotAskedError, likely_python, recordable
from workers.engines.programs import Program, script_program
from workers.errors import RunError
from workers.harmless_text import plain

if TYPE_CHECKING:
    from workers.engines.forked_keeper import ForkedKeeper

_USAGE = (
    "procession record [-o OUT]... [--json] [--python EXE] [--watch NAME]... [--disk-limit SIZE] [-m] SCRIPT [ARGS...]"
)


class RecordRequest(NamedTuple):
    """A command line of `record`. unasked: why its interpreter could not be asked what it is; None if it was."""

    options: argparse.Namespace
    outs: list[Path]
    program: Program
    unasked: str | None


def requested(own: list[str], command: list[str], inherited: Inherited) -> RecordRequest:
    """Read the command line. Arguments and errors: as of `recording.carry_out`."""
    parser = _parser()
    options = parser.parse_args(own)
    if not command:
        parser.error("which script? Its name comes after the options")
    script, *words = command
    if not options.module and script != "-" and not os.path.exists(script):
        parser.exit(2, f"procession: There is no file {plain(script)}.\n")
    unasked = None
    try:
        python = recordable(options.python or likely_python())
    except NotAskedError as error:
        python, unasked = error.python, str(error)
    program = script_program(script, *words, python=python, module=options.module, watch=tuple(options.watch))
    program = inherited.given_to(program, outputs=not options.json)
    return RecordRequest(options, [Path(out) for out in options.out], program, unasked)


def become_plain(program: Program, why: str, waiting: "ForkedKeeper | None" = None) -> NoReturn:
    """Become the plain command, with its own exit code and signals, and with no child that the script does not know."""
    if waiting is not None:
        waiting.dismiss()
    say(f"procession: {plain(why)} The script runs without being recorded.\n")
    try:
        if os.name == "posix":
            os.execvp(program.argv[0], program.argv)
        sys.exit(subprocess.call(program.argv))
    except OSError as error:
        raise RunError(f"{program.argv[0]} could not be started: {error.strerror}.") from error


def _parser() -> Parser:
    parser = Parser(
        "procession record",
        usage=_USAGE,
        allow_abbrev=False,
        description="Run a Python script as `python SCRIPT ARGS` would, and record what its processes do. Its output, its "
        "input and its exit code are its own.",
        epilog="Everything after SCRIPT is the script's own.",
    )
    add_output_options(parser)
    add_disk_limit_option(parser)
    parser.add_argument(
        "--python",
        metavar="EXE",
        help="the interpreter to run it with, or the folder of a virtual environment (CPython 3.9 or newer)",
    )
    parser.add_argument(
        "--watch",
        action="append",
        default=[],
        metavar="NAME",
        type=_name,
        help="a global of the main module whose value is noted in every process when its work begins and ends; may be "
        "given several times",
    )
    parser.add_argument("-m", dest="module", action="store_true", help="SCRIPT is a module, as for `python -m`")
    return parser


def _name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a global")
    return text
