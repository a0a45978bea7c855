"""What tells a Linux desktop of Procession: its entry in the menu, and the kind of file that it saves. Any process."""

from importlib.resources import files


def read(name: str) -> str:
    """One of the files of this folder."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
