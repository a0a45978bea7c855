"""A person's own script as something to run: where it is, how, and with which Python. Checked before anything starts.

Pure data and look-ups in the file system; any process.
"""

import dataclasses
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from workers.engines.interpreter import likely_python, recordable
from workers.engines.local_engine import Program, script_program
from workers.errors import PlanError


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be run. Build it with `make`; the constructor does not check. watch: globals to look at."""

    path: Path
    arguments: tuple[str, ...]
    folder: Path
    python: str
    watch: tuple[str, ...] = ()

    @classmethod
    def make(cls, path: str, arguments: str = "", folder: str = "", python: str = "", watch: str = "") -> "Script":
        """What a person typed, as a script; empty texts mean the usual. Raises PlanError with one sentence."""
        if not path.strip():
            raise PlanError("Open a Python script first.")
        file = Path(path.strip()).expanduser().absolute()
        if not file.is_file():
            raise PlanError(f"There is no file {file}.")
        try:
            words = tuple(shlex.split(arguments))
        except ValueError as error:
            raise PlanError(f"These arguments cannot be taken apart: {str(error).lower()}.") from error
        place = Path(folder.strip()).expanduser().absolute() if folder.strip() else file.parent
        if not place.is_dir():
            raise PlanError(f"There is no folder {place}.")
        names = tuple(name for name in watch.replace(",", " ").split() if name)
        for name in names:
            if not name.isidentifier():
                raise PlanError(f"{name!r} is not the name of a global.")
        return cls(file, words, place, _interpreter(python.strip(), file), names)

    def program(self) -> Program:
        """What is launched for it. Its interpreter is asked whether it can be recorded, which takes a moment. Raises PlanError
        when it cannot, RunError when it cannot be run."""
        made = script_program(self.path, *self.arguments, python=recordable(self.python), watch=self.watch)
        return dataclasses.replace(made, cwd=str(self.folder))

    @property
    def title(self) -> str:
        """What it is, in one line."""
        return shlex.join([self.path.name, *self.arguments])


def _interpreter(python: str, script: Path) -> str:
    if not python:
        return likely_python(script.parent)
    path = os.path.expanduser(python)
    if not os.path.isdir(path) and shutil.which(path) is None:
        raise PlanError(f"{python} is not a program that can be run.")
    return python
