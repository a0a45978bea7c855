"""What every command of the command line has in common: exit codes, the parser, and what ``-o`` saves. No Qt until a
picture is wanted; nothing is imported that a command may not need, since a recorded program waits for it."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from workers.errors import PlanError

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline

WRONG_USAGE, NOT_STARTED, INTERRUPTED = 2, 3, 130
NOT_WRITTEN = 1

_OUT_HELP = """save what happened; may be given several times. The suffix decides: .png .svg .pdf (the timeline as a picture),
.csv (a table), .json or .json.gz (a Chrome trace), .procession (the run itself)"""


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with the options."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(WRONG_USAGE, f"{self.prog}: {message.rstrip('.')}. Try {self.prog} --help.\n")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Let `parser` take what is to be made of a run."""
    parser.add_argument("-o", "--out", action="append", default=[], metavar="OUT", help=_OUT_HELP)
    parser.add_argument(
        "--scale", type=int, choices=(1, 2, 4), default=2, help="pixels of a .png for one of the window's"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and nothing else, to standard output"
    )


def check_outputs(outs: Iterable[Path]) -> None:
    """Refuse before anything runs what could not be saved. Raises PlanError."""
    outs = list(outs)
    if not outs:
        return
    from desktop.export import exporting
    from workers.system.atomic_files import ExportError

    try:
        for out in outs:
            exporting.check_export(out)
    except ExportError as error:
        raise PlanError(str(error)) from error


def save(
    timeline: "Timeline", folder: Path | None, outs: Iterable[Path], scale: int, say: Callable[[str], object]
) -> bool:
    """Save to each of `outs`, saying so; False when one could not be."""
    outs = list(outs)
    if not outs:
        return True
    from desktop.export import exporting
    from workers.system.atomic_files import ExportError

    whole = True
    for out in outs:
        try:
            exporting.export_timeline(timeline, out, folder=folder, scale=scale)
            say(f"Saved {out}\n")
        except ExportError as error:
            whole = False
            say(f"procession: {error}\n")
    return whole
