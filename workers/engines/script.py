"""A user's script to run: its path, arguments, folder and interpreter, checked before anything starts. Any process.

Reads the file system, and runs nothing but, in `Script.program`, the interpreter.
"""

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from workers.engines.interpreter import likely_python, recordable
from workers.engines.programs import Program, script_program
from workers.errors import PlanError


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be run. Build it with `make`; the constructor does not check.

    watch: globals of the script whose values are recorded.
    """

    path: Path
    arguments: tuple[str, ...]
    folder: Path
    python: str
    watch: tuple[str, ...] = ()

    @classmethod
    def make(cls, path: str, arguments: str = "", folder: str = "", python: str = "", watch: str = "") -> "Script":
        """A script from what the user typed; an empty text stands for the usual. Raises PlanError with one sentence."""
        if not path.strip():
            raise PlanError("Open a Python script first.")
        file = Path(os.path.expanduser(path.strip())).absolute()
        if not file.is_file():
            raise PlanError(f"There is no file {file}.")
        try:
            words = tuple(shlex.split(arguments))
        except ValueError as error:
            raise PlanError(f"These arguments cannot be split into words: {str(error).lower()}.") from error
        where = Path(os.path.expanduser(folder.strip())).absolute() if folder.strip() else file.parent
        if not where.is_dir():
            raise PlanError(f"There is no folder {where}.")
        names = tuple(name for name in watch.replace(",", " ").split() if name)
        for name in names:
            if not name.isidentifier():
                raise PlanError(f"{name!r} is not the name of a global.")
        return cls(file, words, where, _interpreter(python.strip(), file), names)

    def program(self) -> Program:
        """The program to launch. Asks the interpreter whether it can be recorded, which takes a moment.

        Raises PlanError when it cannot be recorded, RunError when it cannot be run.
        """
        made = script_program(self.path, *self.arguments, python=recordable(self.python), watch=self.watch)
        return made._replace(cwd=str(self.folder))

    @property
    def title(self) -> str:
        """The script and its arguments in one line."""
        return shlex.join([self.path.name, *self.arguments])


def _interpreter(python: str, script: Path) -> str:
    if not python:
        return likely_python(script.parent)
    path = os.path.expanduser(python)
    if not os.path.isdir(path) and shutil.which(path) is None:
        raise PlanError(f"{python} is not a program that can be run.")
    return python
