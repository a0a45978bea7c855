"""The environment variables that bring the probe into every interpreter of a run. The owner's process."""

import os
from pathlib import Path

from workers.engines.programs import RECORDED, ROOT, Program
from workers.errors import RunError
from workers.runs.run_folders import cache_folder
from workers.system.process_tree import MARK


def environment(folder: Path, program: Program) -> dict[str, str]:
    """The program's environment: the user's own, with the probe's folder first in PYTHONPATH and the run's mark."""
    variables = dict(os.environ)
    own_path = variables.get("PYTHONPATH")
    if program.plan is not None:
        own_path = str(ROOT)  # the program of a plan is a module of ours
    parts = [str(RECORDED / "inject"), *([own_path] if own_path else [])]
    variables["PYTHONPATH"] = os.pathsep.join(parts)
    if own_path is not None:
        variables["PROCESSION_PYTHONPATH"] = own_path
    variables[MARK] = str(folder)
    try:
        variables["PROCESSION_CACHE"] = str(cache_folder())
    except RunError:
        pass  # each interpreter then compiles the edits for itself
    if program.watch:
        variables["PROCESSION_WATCH"] = ",".join(program.watch)
    return variables
