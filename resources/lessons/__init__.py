"""The lessons that ship with Procession, one folder each. Data only, any process; `workers.lessons` reads them."""

from pathlib import Path


def lessons_folder() -> Path:
    """The folder that holds them."""
    return Path(__file__).resolve().parent
