"""Takes a command line apart, hands it to a verb, and turns errors into a sentence and an exit code. The main thread.

No Qt, and nothing that only some verbs need: a recorded script has to begin as soon as it would alone.
"""

import codecs
import sys
from collections.abc import Sequence

from desktop.cli.verbs import find_verb
from workers.errors import OpenError, PlanError, ProcessionError, RunError

_IN_ASCII = dict(zip("░█▒·▞─┴│–…×✕’‹›", ".#=~%-+|-~xx'<>", strict=True))


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code.

    argv: without the program's name; None for this process's own.
    """
    _replace_what_cannot_be_shown()
    try:
        return _carry_out(list(sys.argv[1:] if argv is None else argv))
    except (KeyboardInterrupt, ProcessionError) as error:
        return _failed(error)


def _carry_out(arguments: list[str]) -> int:
    verb = find_verb(arguments[0]) if arguments else None
    try:
        if verb is not None:
            return verb.carry_out(arguments[1:])
        from desktop.cli.window_command import open_window

        return open_window(arguments)
    except SystemExit as end:  # argparse has written its message
        from desktop.cli.terminal import Terminal
        from desktop.cli.usage import WRONG_USAGE

        Terminal(quiet=True).write("")
        return end.code if isinstance(end.code, int) else WRONG_USAGE


def _failed(error: KeyboardInterrupt | ProcessionError) -> int:
    """Say why, and return the exit code."""
    from desktop.cli.usage import INTERRUPTED, NOT_STARTED, NOT_WRITTEN, WRONG_USAGE, complain

    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, PlanError | OpenError):
        return complain(str(error), WRONG_USAGE)
    return complain(str(error), NOT_STARTED if isinstance(error, RunError) else NOT_WRITTEN)


def _replace_what_cannot_be_shown() -> None:
    """A terminal that cannot show a character shows a similar one of ASCII, or a question mark, instead of a traceback."""
    codecs.register_error("procession", _replacement)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="procession")


def _replacement(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_IN_ASCII.get(char, "?") for char in error.object[error.start : error.end]), error.end
