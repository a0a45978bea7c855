"""The figures of a comparison as short texts, for sentences and tables. Pure functions, any process."""

from workers.analysis.figures import Figure, FigureUnit, Group
from workers.harmless_text import plain
from workers.plan.sizes import format_bytes, format_duration

_LONGEST_NAME = 60
UNKNOWN = "–"


def value_text(figure: Figure, value: float | None, *, sign: bool = False) -> str:
    """A value of a figure, to the digit that matters: ``95 ms``, ``61 MB``, ``1,200``; a dash if it is not known.

    sign: put a plus before a positive value.
    """
    if value is None:
        return UNKNOWN
    match figure.what.unit:
        case FigureUnit.SECONDS:
            text = format_duration(value) if value else "0 s"
        case FigureUnit.BYTES:
            text = f"-{format_bytes(-value)}" if value < 0 else format_bytes(value)
        case FigureUnit.COUNT:
            text = f"{value:,.0f}"
    return f"+{text}" if sign and value > 0 else text


def difference_text(figure: Figure) -> str:
    """B minus A: ``+95 ms``, ``≈ -1.2 ms`` if they are about the same, or ``same``."""
    if figure.difference == 0:
        return "same"
    text = value_text(figure, figure.difference, sign=True)
    return f"≈ {text}" if figure.alike else text


def ratio_text(figure: Figure) -> str:
    """B divided by A: ``2.1 ×``; a dash if they are about the same or one is not known."""
    ratio = figure.ratio
    if ratio is None or figure.alike:
        return UNKNOWN
    return f"{ratio:,.0f} ×" if ratio >= 10 else f"{ratio:.2g} ×"


def of_text(figure: Figure) -> str:
    """What a figure describes: the run, the median of all workers, one process, or the tasks with one name."""
    match figure.group:
        case Group.RUN:
            return "run"
        case Group.WORKERS:
            return "workers’ median"
    return short_name(figure.of)


def short_name(name: str) -> str:
    """A name on one line, cut if it is very long."""
    name = plain(name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
