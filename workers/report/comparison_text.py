"""A comparison of two runs as text for a terminal and as data for scripts. Pure functions, any process."""

from typing import Any

from workers.analysis.figures import Comparison, Figure, Side
from workers.report.comparison_sentences import NOTE, sentences
from workers.report.figure_text import difference_text, of_text, value_text

_HEADS = ("of", "figure", "A", "B", "difference")
_MOST_ROWS = 400


def text(comparison: Comparison) -> str:
    """The sentences, and the figures as a table, in the order of the comparison."""
    rows = [_HEADS, *(_row(figure) for figure in comparison.figures[:_MOST_ROWS])]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if at < 2 else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    more = len(comparison.figures) - _MOST_ROWS
    if more > 0:
        lines.append(f"and {more:,} more figures")
    return "\n".join([*sentences(comparison), NOTE, "", *lines]) + "\n"


def data(comparison: Comparison) -> dict[str, Any]:
    """The comparison for `json.dumps`; times in seconds, None = not known."""
    return {
        "a": _side(comparison.a),
        "b": _side(comparison.b),
        "pairs": [{"a": pair.a, "b": pair.b, "by": None if pair.match is None else str(pair.match), "name": pair.label}
                  for pair in comparison.pairs],
        "figures": [
            {"group": str(figure.group), "of": figure.of or None, "figure": str(figure.what), "unit": str(figure.what.unit),
             "a": _rounded(figure.a), "b": _rounded(figure.b), "difference": _rounded(figure.difference),
             "alike": figure.alike} for figure in comparison.figures
        ],
        "ends": [{"name": end.label, "a": end.a, "b": end.b} for end in comparison.ends],
        "names_left_out": comparison.names_left_out,
        "worker_seconds": [{"part": str(one.part), "a": _rounded(one.a_s), "b": _rounded(one.b_s), "alike": one.alike}
                           for one in comparison.parts],
        "advice": [{"run": run, "text": words} for run, words in comparison.advice],
        "sentences": sentences(comparison),
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    return {
        "title": side.title, "start_method": side.start_method, "python": side.python or None, "host": side.host or None,
        "started_at": side.started_at or None, "ended": side.ended, "cut_off": side.cut_off, "trace": side.trace,
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def _row(figure: Figure) -> tuple[str, ...]:
    a, b = value_text(figure, figure.a), value_text(figure, figure.b)
    return of_text(figure), str(figure.what), a, b, difference_text(figure)
