"""Makes folders of new runs."""

from pathlib import Path

from workers.runs.run_folders import make_run_folder, next_run_folder


def new_run_folder() -> Path:
    """A new folder among the kept runs. Raises RunError when it cannot be made."""
    return make_run_folder(next_run_folder())
