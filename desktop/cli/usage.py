"""The common parts of all commands: exit codes, error messages, the parser, and saving with ``-o``. The main thread.

Imports Qt for a picture only, and nothing else that some commands do not need, since a recorded program waits for it.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from workers.errors import PlanError
from workers.harmless_text import plain, plain_lines

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from workers.timeline.timeline import Timeline

NOT_WRITTEN, WRONG_USAGE, NOT_STARTED, INTERRUPTED = 1, 2, 3, 130
"""Exit codes that are not the program's own."""

_USUAL_COLUMNS = 80

FILE_HELP = "a saved run, a run's folder, or a Chrome trace, plain or gzipped"

_OUT_HELP = """save what happened; may be given several times. The suffix decides: .png .svg .pdf (the timeline as a picture),
.csv (a table), .json or .json.gz (a Chrome trace), .procession (the run itself)"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence. prog, usage and the rest: as of ArgumentParser."""

    def __init__(
        self,
        prog: str,
        *,
        usage: str | None = None,
        description: str | None = None,
        epilog: str | None = None,
        formatter_class: type[argparse.HelpFormatter] = argparse.HelpFormatter,
        allow_abbrev: bool = True,
    ) -> None:
        super().__init__(
            prog,
            usage=usage,
            description=description,
            epilog=epilog,
            # Without a width argparse loads shutil for each option that is added.
            formatter_class=partial(formatter_class, width=_help_columns()),
            allow_abbrev=allow_abbrev,
        )

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Everything that argparse writes comes here, with what was on the command line in it."""
        super()._print_message(plain_lines(message), file)

    def error(self, message: str) -> NoReturn:
        """Write the sentence and end with exit code 2."""
        self.exit(WRONG_USAGE, f"{self.prog}: {plain(message.rstrip('.'))}. Try {self.prog} --help.\n")


def _help_columns() -> int:
    """As argparse chooses the width of its texts."""
    try:
        columns = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ is not None else 0
        except (OSError, ValueError):
            columns = 0
    return (columns or _USUAL_COLUMNS) - 2


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options for the output of a run."""
    parser.add_argument("-o", "--out", action="append", default=[], metavar="OUT", help=_OUT_HELP)
    add_scale_option(parser)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and nothing else, to standard output"
    )


def add_disk_limit_option(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the option for how much of the disk a run may take."""
    parser.add_argument(
        "--disk-limit",
        metavar="SIZE",
        type=_disk_size,
        help="the most that the run may take on the disk, such as 500M; its last eighth is kept for starts, exits and joins "
        "(the usual limit is set in the window, with File > History)",
    )


def _disk_size(text: str) -> int:
    from workers.plan.sizes import SizeUnit, parse_size
    from workers.runs.limits import LEAST_GIVEN_BYTES, MOST_BYTES

    try:
        size = parse_size(text, SizeUnit.BYTES, MOST_BYTES)
    except PlanError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from error
    if size < LEAST_GIVEN_BYTES:
        raise argparse.ArgumentTypeError(f"{text} is too little for a run: 1M is the least")
    return size


def add_scale_option(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the option for the size of a picture in pixels."""
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=2, help="pixels of a .png for one of the window's"
    )


def complain(sentence: str, code: int) -> int:
    """Write the sentence to standard error and return the exit code."""
    try:
        sys.stderr.write(f"procession: {plain(sentence)}\n")
    except OSError:
        pass  # it cannot be read there; the exit code remains
    return code


def say(text: str) -> None:
    """Write lines to standard error, with names in them made harmless. If that is not possible, nothing happens."""
    try:
        sys.stderr.write(plain_lines(text))
        sys.stderr.flush()
    except (OSError, AttributeError):
        pass  # it is closed, or was never open


def check_outputs(outs: Iterable[Path]) -> None:
    """Refuse, before anything runs, files that could not be saved. Raises PlanError, and as of `import_numpy`."""
    outs = list(outs)
    if not outs:
        return
    from desktop.environment.numpy_import import import_numpy

    import_numpy()
    from desktop.export import exporting
    from workers.system.atomic_files import ExportError

    try:
        for out in outs:
            exporting.check_export(out)
    except ExportError as error:
        raise PlanError(str(error)) from error


def save(
    timeline: "Timeline", folder: Path | None, outs: Iterable[Path], scale: int, write: Callable[[str], object]
) -> bool:
    """Save to each of `outs` and report it with `write`. False if one could not be saved."""
    outs = list(outs)
    if not outs:
        return True
    from desktop.export import exporting
    from workers.system.atomic_files import ExportError

    whole = True
    for out in outs:
        try:
            exporting.export_timeline(timeline, out, folder=folder, scale=scale)
            write(f"Saved {plain(str(out))}\n")
        except ExportError as error:
            whole = False
            write(f"procession: {plain(str(error))}\n")
    return whole
