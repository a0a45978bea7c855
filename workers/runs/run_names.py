"""Titles and names of runs. Any process of Procession, any thread.

The title of a run is the plan or the command line that was run. Its name is given by the user, and kept beside the journals in
`name.txt`; most runs have none.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workers.errors import RunError
from workers.journal.run_files import open_part
from workers.system.atomic_files import write_atomically

if TYPE_CHECKING:
    from workers.plan.plan import Plan

NAME = "name.txt"
MOST_LETTERS = 200
_MOST_BYTES = 8 * MOST_LETTERS


def title_of(argv: Sequence[str], plan: "Plan | None") -> str:
    """The title of a run, on one line: the plan, or the script with its arguments. argv: the program's command line."""
    import shlex  # `record` needs the names of runs, and no titles

    if plan is not None:
        return plan.title
    _, *words = argv or ("",)
    if words and words[0] != "-m":
        words[0] = Path(words[0]).name or words[0]
    return shlex.join(words)


def name_of(folder: Path) -> str:
    """The name that the user gave to the run in `folder`; empty for none."""
    try:
        with open_part(folder / NAME) as file:
            file.seek(0)
            return clean_name(file.read(_MOST_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""


def rename(folder: Path, name: str) -> str:
    """Give the run this name; an empty one removes its name. Returns the name as it is kept.

    Raises ExportError or RunError, and the run keeps its earlier name.
    """
    name = clean_name(name)
    path = folder / NAME
    try:
        if path.is_symlink() or not name:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"The run could not be renamed: {error.strerror}.") from error
    if name:
        write_atomically(path, name.encode("utf-8", "replace"))
    return name


def clean_name(text: str) -> str:
    """The text as a name: on one line, of printable characters, and of limited length."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MOST_LETTERS]
