"""The drawings of the window's icons, as SVG text. Data only, any process; `desktop.look.icons` colours and renders them."""

from importlib.resources import files


def read_icon(name: str) -> str:
    """The SVG text of the icon with this name; `currentColor` in it stands for the text colour.

    Raises FileNotFoundError when there is no such drawing.
    """
    return files(__name__).joinpath(f"{name}.svg").read_text(encoding="utf-8")
