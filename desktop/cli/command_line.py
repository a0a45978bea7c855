"""The command line: takes it apart and carries it out. Composition root of everything that needs no window.

Qt is imported only for the window and for pictures, and never without having looked for a display first. What only some
commands need is imported by those, since a recorded script is to begin as soon as it would alone.
"""

import argparse
import codecs
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.usage import (
    INTERRUPTED,
    NOT_STARTED,
    NOT_WRITTEN,
    WRONG_USAGE,
    Parser,
    add_output_options,
    check_outputs,
    save,
)
from workers.errors import OpenError, PlanError, ProcessionError, RunError

if TYPE_CHECKING:
    from desktop.cli.run_command import CommandOutcome
    from workers.plan.plan import Plan

_USAGE = "procession [--require-display] [FILE] | procession COMMAND [options]"
_COMMANDS = """commands:
  run       run a plan without a window, and print or save what happened
  record    run a Python script as python would, and record what its processes do
  report    print what is in a saved run or a trace
  export    make a picture, a table, a trace or a saved run of it
  doctor    tell what there is on this machine, and what is missing

Without a command the window opens, with FILE in it: a Python script, a saved run or a trace.
`procession COMMAND --help` tells more."""

_IN_ASCII = dict(zip("░█▒·▞─┴│–…×✕’‹›", ".#=~%-+|-~xx'<>", strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; its exit code. `argv`: without the program's name, from the process when None."""
    _let_any_text_out()
    try:
        return _carry_out(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return INTERRUPTED
    except (PlanError, OpenError) as error:
        return _complain(str(error), WRONG_USAGE)
    except RunError as error:
        return _complain(str(error), NOT_STARTED)
    except ProcessionError as error:
        return _complain(str(error), NOT_WRITTEN)


def _carry_out(arguments: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": _run, "record": _record, "report": _report, "export": _export, "doctor": _doctor,
    }  # fmt: skip
    command = commands.get(arguments[0]) if arguments else None
    try:
        return _window(arguments) if command is None else command(arguments[1:])
    except SystemExit as left:  # argparse has said what there is to say
        from desktop.cli import run_command

        run_command.Terminal(quiet=True).write("")
        return left.code if isinstance(left.code, int) else WRONG_USAGE


def _let_any_text_out() -> None:
    """A terminal that cannot show a sign shows one of ASCII like it or a question mark, and no traceback."""
    codecs.register_error("procession", _instead)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="procession")


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_IN_ASCII.get(char, "?") for char in error.object[error.start : error.end]), error.end


def _complain(sentence: str, code: int) -> int:
    try:
        sys.stderr.write(f"procession: {sentence}\n")
    except OSError:
        pass  # nobody is there to read it; the exit code tells
    return code


# The window, or what stands in for it.


def _window(arguments: list[str]) -> int:
    from desktop.environment import version
    from desktop.environment.display import missing_display

    parser = Parser("procession", usage=_USAGE, epilog=_COMMANDS, formatter_class=argparse.RawDescriptionHelpFormatter,
                     description="See what Python's multiprocessing really does, on one live timeline.",
                     allow_abbrev=False)  # fmt: skip
    parser.add_argument("--version", action="version", version=f"procession {version.version()}")
    parser.add_argument("--require-display", action="store_true", help="do not run without a window: exit with 3")
    parser.add_argument(
        "file", nargs="?", default="", metavar="FILE", help="what to open: a .py file, a saved run or a trace"
    )
    options = parser.parse_args(arguments)
    if options.file and not os.path.exists(options.file):
        parser.error(
            f"{options.file!r} is neither a command (there are run, record, report, export and doctor) nor a file"
        )
    is_script = options.file.endswith((".py", ".pyw"))
    if options.file and not is_script:
        from workers.formats.opening import check_openable

        check_openable(Path(options.file))
    obstacle = missing_display() or version.refusal() or _missing_libraries()
    if obstacle is not None:
        if options.require_display:
            return _complain(obstacle, NOT_STARTED)
        if options.file and not is_script:
            from desktop.cli.file_commands import report

            _complain(obstacle, 0)
            return report([options.file])
        return _without_window(obstacle)
    from desktop.window.app import run_window

    return run_window(options.file)


def _missing_libraries() -> str | None:
    from desktop.environment.system_libraries import advice, missing_libraries

    missing = missing_libraries()
    return advice(missing) if missing else None


def _without_window(obstacle: str) -> int:
    """Show with the default plan what the window would show, as far as text and a picture can."""
    from desktop.cli import run_command
    from desktop.cli.plan_options import make_plan
    from desktop.export import exporting

    plan = make_plan()
    terminal = run_command.Terminal(quiet=False)
    terminal.write(f"{obstacle}\nSo there is no window. This is what it would show of: {plan.title}\n\n")
    outcome = run_command.run_plan(plan, terminal)
    terminal.write(_summary(outcome))
    path = _free(_picture_folder() / exporting.default_name(outcome.timeline))
    exporting.export_timeline(outcome.timeline, path, folder=outcome.folder)
    terminal.write(f"\nThe picture is saved as {path}\n")
    return outcome.exit_code


def _picture_folder() -> Path:
    """The current folder or, where nothing can be saved in it, the person's own, or the one for temporary files."""
    for folder in (Path.cwd(), Path.home()):
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return Path(tempfile.gettempdir())


def _free(path: Path) -> Path:
    """`path`, or with a number behind its name where that would replace a file that nobody asked to replace."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem} ({number})")
    return free


# run


def _run(arguments: list[str]) -> int:
    from desktop.cli import run_command
    from desktop.cli.plan_options import plan_of
    from workers.report.report import report

    options = _run_options(arguments)
    plan = plan_of(options)
    outs = [Path(out) for out in options.out]
    _check(plan, outs, force=options.force)
    terminal = run_command.Terminal(quiet=options.json)
    outcome = run_command.run_plan(plan, terminal, stop_when_unread=not outs)
    if options.json:
        terminal.write(json.dumps(report(outcome.timeline), indent=2) + "\n")
    else:
        terminal.write("\n" + _summary(outcome))
    for warning in outcome.timeline.warnings:
        terminal.write(f"procession: {warning}\n", error=True)
    saved = save(outcome.timeline, outcome.folder, outs, options.scale, partial(terminal.write, error=True))
    return outcome.exit_code if saved else outcome.exit_code or NOT_WRITTEN


def _run_options(arguments: list[str]) -> argparse.Namespace:
    from desktop.cli.plan_options import add_plan_options

    parser = Parser("procession run", allow_abbrev=False,
                    description="Run a plan without a window, and print or save what happened.")  # fmt: skip
    add_plan_options(parser)
    add_output_options(parser)
    parser.add_argument("--force", action="store_true", help="run although it does not fit in the memory there is")
    return parser.parse_args(arguments)


def _check(plan: "Plan", outs: list[Path], *, force: bool) -> None:
    """Refuse before anything runs what could not end well. Raises PlanError."""
    from workers.plan.estimate import look_at_machine, refusal

    check_outputs(outs)
    why = None if force else refusal(plan, look_at_machine())
    if why is not None:
        raise PlanError(f"{why} --force runs it all the same.")


def _summary(outcome: "CommandOutcome") -> str:
    from desktop.cli.file_commands import summary

    return summary(outcome.timeline)


# record


def _record(arguments: list[str]) -> int:
    from desktop.cli.record_command import record

    return record(arguments)


# report and export


def _report(arguments: list[str]) -> int:
    from desktop.cli.file_commands import report

    return report(arguments)


def _export(arguments: list[str]) -> int:
    from desktop.cli.file_commands import export

    return export(arguments)


# doctor


def _doctor(arguments: list[str]) -> int:
    parser = Parser("procession doctor", allow_abbrev=False,
                     description="Tell what there is on this machine, and what is missing.")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    entry = parser.add_mutually_exclusive_group()
    entry.add_argument("--install-desktop-entry", action="store_true",
                       help="put Procession into your desktop's menu and have it open saved runs (Linux)")  # fmt: skip
    entry.add_argument("--remove-desktop-entry", action="store_true", help="take that away again")
    options = parser.parse_args(arguments)
    if options.install_desktop_entry or options.remove_desktop_entry:
        return _desktop_entry(install=options.install_desktop_entry)
    from desktop.cli import run_command
    from desktop.environment import doctor

    found, missing = doctor.examine()
    data: Any = doctor.report(found, missing)
    run_command.Terminal(quiet=True).write(
        json.dumps(data, indent=2) + "\n" if options.json else doctor.text(found, missing)
    )
    return NOT_WRITTEN if missing else 0


def _desktop_entry(*, install: bool) -> int:
    from desktop.cli import desktop_entry, run_command

    said = desktop_entry.install() if install else desktop_entry.remove()
    run_command.Terminal(quiet=True).write("".join(f"{sentence}\n" for sentence in said))
    return 0
