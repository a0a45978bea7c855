"""The files that Linux desktops read: the entry in the menu, and the type of saved runs. Data only, any process."""

from importlib.resources import files


def read(name: str) -> str:
    """The text of one file in this folder."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
