"""The command line: takes it apart and carries it out. Composition root of everything that needs no window.

Qt is imported only for the window and for pictures, and never without having looked for a display first.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from desktop import headless, version
from desktop.display import missing_display
from desktop.plan_options import add_plan_options, make_plan, plan_of
from workers.errors import PlanError, ProcessionError, RunError
from workers.estimate import look_at_machine, refusal
from workers.formats.files import ExportError
from workers.plan import Plan
from workers.report import report, table, text_timeline

WRONG_USAGE, NOT_STARTED, INTERRUPTED = 2, 3, 130
_NOT_WRITTEN = 1

_USAGE = "procession [--require-display] | procession COMMAND [options]"
_COMMANDS = """commands:
  run       run a plan without a window, and print or save what happened
  doctor    tell what there is on this machine, and what is missing

Without a command the window opens. `procession COMMAND --help` tells more."""
_OUT_HELP = """save what happened; may be given several times. The suffix decides: .png .svg .pdf (the timeline as a picture),
.csv (a table), .json or .json.gz (a Chrome trace), .procession (the run itself)"""


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with the options."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(WRONG_USAGE, f"{self.prog}: {message.rstrip('.')}. Try {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; its exit code. `argv`: without the program's name, from the process when None."""
    _let_any_text_out()
    try:
        return _carry_out(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return INTERRUPTED
    except PlanError as error:
        return _complain(str(error), WRONG_USAGE)
    except RunError as error:
        return _complain(str(error), NOT_STARTED)
    except ProcessionError as error:
        return _complain(str(error), _NOT_WRITTEN)


def _carry_out(arguments: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {"run": _run, "doctor": _doctor}
    command = commands.get(arguments[0]) if arguments else None
    try:
        return _window(arguments) if command is None else command(arguments[1:])
    except SystemExit as left:  # argparse has said what there is to say
        headless.Terminal(quiet=True).write("")
        return left.code if isinstance(left.code, int) else WRONG_USAGE


def _let_any_text_out() -> None:
    """A terminal that cannot show a sign shows a question mark, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _complain(sentence: str, code: int) -> int:
    try:
        sys.stderr.write(f"procession: {sentence}\n")
    except OSError:
        pass  # nobody is there to read it; the exit code tells
    return code


# The window, or what stands in for it.


def _window(arguments: list[str]) -> int:
    parser = _Parser("procession", usage=_USAGE, epilog=_COMMANDS, formatter_class=argparse.RawDescriptionHelpFormatter,
                     description="See what Python's multiprocessing really does, on one live timeline.",
                     allow_abbrev=False)  # fmt: skip
    parser.add_argument("--version", action="version", version=f"procession {version.version()}")
    parser.add_argument("--require-display", action="store_true", help="do not run without a window: exit with 3")
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.rest:
        parser.error(f"{options.rest[0]!r} is not a command: there are run and doctor")
    obstacle = missing_display() or version.refusal() or _missing_libraries()
    if obstacle is not None:
        if options.require_display:
            return _complain(obstacle, NOT_STARTED)
        return _without_window(obstacle)
    from desktop.app import run_window

    return run_window()


def _missing_libraries() -> str | None:
    from desktop.system_libraries import advice, missing_libraries

    missing = missing_libraries()
    return advice(missing) if missing else None


def _without_window(obstacle: str) -> int:
    """Show with the default plan what the window would show, as far as text and a picture can."""
    from desktop import export

    plan = make_plan()
    terminal = headless.Terminal(quiet=False)
    terminal.write(f"{obstacle}\nSo there is no window. This is what it would show of: {plan.title}\n\n")
    outcome = headless.run_plan(plan, terminal)
    terminal.write(_summary(outcome))
    path = _free(_picture_folder() / export.default_name(outcome.timeline))
    export.export_timeline(outcome.timeline, path, folder=outcome.folder)
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
    options = _run_options(arguments)
    plan = plan_of(options)
    outs = [Path(out) for out in options.out]
    _check(plan, outs, force=options.force)
    terminal = headless.Terminal(quiet=options.json)
    outcome = headless.run_plan(plan, terminal, stop_when_unread=not outs)
    if options.json:
        terminal.write(json.dumps(report(outcome.timeline), indent=2) + "\n")
    else:
        terminal.write("\n" + _summary(outcome))
    for warning in outcome.timeline.warnings:
        terminal.write(f"procession: {warning}\n", error=True)
    saved = _save(outcome, outs, options.scale, terminal)
    return outcome.exit_code if saved else outcome.exit_code or _NOT_WRITTEN


def _run_options(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser("procession run", allow_abbrev=False,
                     description="Run a plan without a window, and print or save what happened.")  # fmt: skip
    add_plan_options(parser)
    parser.add_argument("-o", "--out", action="append", default=[], metavar="OUT", help=_OUT_HELP)
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=2, help="pixels of a .png for one of the window's"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and nothing else, to standard output"
    )
    parser.add_argument("--force", action="store_true", help="run although it does not fit in the memory there is")
    return parser.parse_args(arguments)


def _check(plan: Plan, outs: Iterable[Path], *, force: bool) -> None:
    """Refuse before anything runs what could not end well. Raises PlanError."""
    from desktop import export

    try:
        for out in outs:
            export.check_export(out)
    except ExportError as error:
        raise PlanError(str(error)) from error
    why = None if force else refusal(plan, look_at_machine())
    if why is not None:
        raise PlanError(f"{why} --force runs it all the same.")


def _save(outcome: headless.Outcome, outs: Iterable[Path], scale: int, terminal: headless.Terminal) -> bool:
    """Save to each of `outs`, saying so; False when one could not be."""
    from desktop import export

    whole = True
    for out in outs:
        try:
            export.export_timeline(outcome.timeline, out, folder=outcome.folder, scale=scale)
            terminal.write(f"Saved {out}\n", error=True)
        except ExportError as error:
            whole = False
            terminal.write(f"procession: {error}\n", error=True)
    return whole


def _summary(outcome: headless.Outcome) -> str:
    width = shutil.get_terminal_size((100, 24)).columns
    return f"{table(outcome.timeline)}\n{text_timeline(outcome.timeline, width)}"


# doctor


def _doctor(arguments: list[str]) -> int:
    parser = _Parser("procession doctor", allow_abbrev=False,
                     description="Tell what there is on this machine, and what is missing.")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    from desktop import doctor

    found, missing = doctor.examine()
    data: Any = doctor.report(found, missing)
    headless.Terminal(quiet=True).write(
        json.dumps(data, indent=2) + "\n" if options.json else doctor.text(found, missing)
    )
    return _NOT_WRITTEN if missing else 0
