"""A comparison of two runs in plain sentences, as a table of characters, and as data for scripts. Pure, any process.

The sentences say what was measured, the most important first: what ended differently, how long the runs took, then times by
how far they are apart. They name no cause. What is about the same is said in one sentence, what is not known in another.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workers.analysis.comparison import (
    LEAST_S,
    SHARE,
    Comparison,
    Figure,
    FigureUnit,
    Group,
    ProcessEnd,
    Quantity,
    Side,
)
from workers.plan.sizes import format_bytes, format_duration
from workers.report.report import plain

_MOST_NAMED = 3
_MOST_ENDS = 4
_MOST_TASKS = 3
_MUCH = 1.5
_LONGEST = 60
UNKNOWN = "–"
NOTE = (
    f"One run of each: what is less than {SHARE * 100:.0f} % or {format_duration(LEAST_S)} apart counts as about the same "
    "(≈), and the same program may differ by more from run to run."
)
"""What the sentences and figures are worth."""

_HEADS = ("of", "figure", "A", "B", "difference")
_MOST_ROWS = 400


def sentences(comparison: Comparison) -> list[str]:
    """What there is to say, the most important first."""
    a, b = comparison.a, comparison.b
    runs = {figure.what: figure for figure in comparison.of(Group.RUN)}
    medians = {figure.what: figure for figure in comparison.of(Group.WORKERS)}
    said = [*_unfinished(a, b), *_ends(comparison.ends)]
    duration = runs.get(Quantity.DURATION)
    if duration is not None and duration.difference is not None:
        said.append(_duration(duration, a, b))
    times = [(figure, words) for figure in (*medians.values(), runs.get(Quantity.WAITED))
             if figure is not None and (words := _TIMES.get(figure.what)) and _tells(figure)]  # fmt: skip
    times.sort(key=lambda one: (one[0].what is Quantity.UNCOLLECTED, -abs(one[0].difference or 0.0)))
    for figure, (subject, verb) in times:
        said.append(_time(figure, subject, verb, a, b))
    greatest = comparison.greatest
    if greatest is not None and len(comparison.pairs) > 2:
        said.append(f"Of single processes {_short(greatest.of)} differs most: {_PHRASES[greatest.what]} "
                    f"{value_text(greatest, greatest.b)} in B, {value_text(greatest, greatest.a)} in A.")  # fmt: skip
    said += _usage(runs)
    said += _tasks(comparison)
    said += _counts(comparison, runs)
    said += _circumstances(a, b)
    told = [*(figure for what, figure in medians.items() if what not in runs), *runs.values()]
    said += _alike(told)
    said += _not_known(told)
    return said


def value_text(figure: Figure, value: float | None, *, sign: bool = False) -> str:
    """A value of a figure to the digit that matters: ``95 ms``, ``61 MB``, ``1,200``; a dash for what is not known. sign: a
    plus before what is more than nothing."""
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
    """By how much B is more than A: ``+95 ms``, ``≈ -1.2 ms`` where that is about the same, ``same``."""
    if figure.difference == 0:
        return "same"
    text = value_text(figure, figure.difference, sign=True)
    return f"≈ {text}" if figure.alike else text


def ratio_text(figure: Figure) -> str:
    """How many times as much B is: ``2.1 ×``; a dash where that says nothing."""
    ratio = figure.ratio
    if ratio is None or figure.alike:
        return UNKNOWN
    return f"{ratio:,.0f} ×" if ratio >= 10 else f"{ratio:.2g} ×"


def of_text(figure: Figure) -> str:
    """What a figure is about: the run, the median of all workers, one process, or what has one name."""
    match figure.group:
        case Group.RUN:
            return "run"
        case Group.WORKERS:
            return "workers’ median"
    return _short(figure.of)


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


_TIMES = {
    Quantity.START_UP: ("A worker", "needed {} from start() until its work began"),
    Quantity.ALIVE: ("A worker", "was at work for {}"),
    Quantity.ENDING: ("A worker", "needed {} from the end of its work until it was gone"),
    Quantity.UNCOLLECTED: ("A worker", "had exited for {} before it was collected"),
    Quantity.WAITED: ("The parent", "waited {} in join()"),
}
"""Who, and what it did for how long."""

_PHRASES = {
    Quantity.START_UP: "from start() until its work began",
    Quantity.ALIVE: "at work for",
    Quantity.ENDING: "from the end of its work until it was gone",
}


def _tells(figure: Figure) -> bool:
    return figure.difference is not None and not figure.alike


def _unfinished(a: Side, b: Side) -> Iterator[str]:
    for name, side in (("A", a), ("B", b)):
        if not side.ended:
            yield f"Run {name} goes on: what is said of it is of its first {format_duration(side.now_s)}."
        elif side.cut_off:
            yield f"The recorder of run {name} was cut off: what came after {format_duration(side.now_s)} is not known."


def _ends(ends: Sequence[ProcessEnd]) -> Iterator[str]:
    for end in ends[:_MOST_ENDS]:
        yield f"{_capital(_short(end.label))} {end.b} in B; in A it {end.a}."
    if len(ends) > _MOST_ENDS:
        yield f"{len(ends) - _MOST_ENDS:,} more processes ended differently in A and B."


def _duration(figure: Figure, a: Side, b: Side) -> str:
    assert figure.a is not None
    assert figure.b is not None
    mine, theirs = value_text(figure, figure.a), value_text(figure, figure.b)
    if figure.alike:
        return f"Both took about the same time: {_run('A', a)} {mine}, {_run('B', b)} {theirs}."
    said = f"{_capital(_run('B', b))} {'lasts' if b.trace else 'took'} {theirs}"
    if figure.b > figure.a:
        return f"{said}, {_longer(figure.b, figure.a)} A ({mine})."
    return f"{said}; A {'lasts' if a.trace else 'took'} {_longer(figure.a, figure.b).rpartition(' ')[0]} ({mine})."


def _run(name: str, side: Side) -> str:
    return f"trace {name}" if side.trace else f"run {name}"


def _longer(more: float, less: float) -> str:
    """``2.1 times as long as``, ``23 % longer than``."""
    if less <= 0:
        return "longer than"
    return (
        f"{_times(more / less)} times as long as"
        if more / less >= _MUCH
        else f"{(more / less - 1) * 100:.0f} % longer than"
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _time(figure: Figure, subject: str, does: str, a: Side, b: Side) -> str:
    """``Under spawn (B) a worker needed 95 ms from start() until its work began, under fork (A) 3.1 ms.``"""
    many = _of_many(figure)
    mine, theirs = value_text(figure, figure.a), value_text(figure, figure.b)
    if figure.what is Quantity.START_UP and a.start_method and b.start_method and a.start_method != b.start_method:
        said = does.format(theirs)
        return f"Under {b.start_method} (B) a worker {said}, under {a.start_method} (A) {mine}{many}."
    return f"{subject} {does.format(theirs)} in B, {mine} in A{many}."


def _of_many(figure: Figure) -> str:
    """Over how many processes a median is, where that is more than one."""
    one, other = figure.count_a, figure.count_b
    if max(one, other) < 2:
        return ""
    return f" (medians of {one})" if one == other else f" (medians of {other} and {one})"


def _usage(runs: dict[Quantity, Figure]) -> Iterator[str]:
    for what, words in ((Quantity.CPU, "All processes together used {} of CPU time in B, {} in A."),
                        (Quantity.MEMORY, "The process with the most memory had {} at its peak in B, {} in A.")):  # fmt: skip
        figure = runs.get(what)
        if figure is not None and _tells(figure):
            yield words.format(value_text(figure, figure.b), value_text(figure, figure.a))


def _tasks(comparison: Comparison) -> Iterator[str]:
    """The names whose times are furthest apart by share of what ran in both, and those that only one run has."""
    what = "span" if comparison.a.trace and comparison.b.trace else "task"
    by_name: dict[str, dict[Quantity, Figure]] = {}
    for figure in comparison.of(Group.TASK):
        by_name.setdefault(figure.of, {})[figure.what] = figure
    changed = [of for of in by_name.values() if _tells(of[Quantity.MEDIAN])]
    changed.sort(key=lambda of: -abs((of[Quantity.MEDIAN].difference or 0.0) * min(_counts_of(of))))
    for of in changed[:_MOST_TASKS]:
        median, p95 = of[Quantity.MEDIAN], of[Quantity.P95]
        yield (f"{_capital(what)} {_short(median.of)} took {value_text(median, median.b)} in B, "
               f"{value_text(median, median.a)} in A (medians of {_of_counts(of)}; 95 % were over within "
               f"{value_text(p95, p95.b)} and {value_text(p95, p95.a)}).")  # fmt: skip
    if len(changed) > _MOST_TASKS:
        rest = len(changed) - _MOST_TASKS
        yield f"The medians of {rest:,} more {what}s differ." if rest > 1 else f"The median of 1 more {what} differs."
    for at, name in ((1, "A"), (0, "B")):
        only = [of for of, figures in by_name.items() if not _counts_of(figures)[at]]
        if only and len(only) < len(by_name):
            yield f"Only in {name}: {what}s called {_names(only)}."


def _counts_of(of: dict[Quantity, Figure]) -> tuple[float, float]:
    figure = of[Quantity.TIMES]
    return figure.a or 0, figure.b or 0


def _of_counts(of: dict[Quantity, Figure]) -> str:
    one, other = _counts_of(of)
    return f"{one:,.0f}" if one == other else f"{other:,.0f} and {one:,.0f}"


def _counts(comparison: Comparison, runs: dict[Quantity, Figure]) -> Iterator[str]:
    for what, one, many in ((Quantity.PROCESSES, "process", "processes"), (Quantity.TASKS, "task", "tasks")):
        figure = runs.get(what)
        if figure is not None and _tells(figure):
            noun = one if figure.b == 1 else many
            yield f"B had {value_text(figure, figure.b)} {noun}, A {value_text(figure, figure.a)}."
    if comparison.pairs and not any(pair.match for pair in comparison.pairs):
        yield "No process of one is known to stand for one of the other: their names differ."
        return
    for name, only in zip(("A", "B"), comparison.unpaired, strict=True):
        if only:
            yield f"Only in {name}: {_names(only)}."


def _circumstances(a: Side, b: Side) -> Iterator[str]:
    """What else is known to have been different."""
    if a.work and b.work and a.work != b.work:
        yield f"The plans ask for different work: {b.work} in B, {a.work} in A."
    for what, one, other in (("Python", a.python, b.python), ("the machine", a.host, b.host)):
        if one and other and one != other:
            yield f"{_capital(what)} was another: {plain(other)} in B, {plain(one)} in A."


def _alike(figures: Iterable[Figure]) -> Iterator[str]:
    words = [_SAID_ALIKE[figure.what] for figure in figures if figure.alike and figure.what in _SAID_ALIKE]
    if words:
        yield f"About the same: {', '.join(words)}."


_SAID_ALIKE = {
    Quantity.START_UP: "start-up",
    Quantity.ALIVE: "time at work",
    Quantity.ENDING: "ending",
    Quantity.UNCOLLECTED: "time until collected",
    Quantity.WAITED: "time in join()",
    Quantity.CPU: "CPU time",
    Quantity.MEMORY: "peak memory",
}


def _not_known(figures: Sequence[Figure]) -> Iterator[str]:
    lacking = ("A", [one for one in figures if one.a is None]), ("B", [one for one in figures if one.b is None])
    for name, unknown in lacking:
        words = [_SAID_ALIKE.get(figure.what, str(figure.what)) for figure in unknown]
        if words:
            yield f"Not known of {name}: {', '.join(words)}."


def _names(names: Iterable[str]) -> str:
    said = [_short(name) for name in names]
    if len(said) > _MOST_NAMED + 1:
        return f"{', '.join(said[:_MOST_NAMED])} and {len(said) - _MOST_NAMED:,} more"
    return ", ".join(said)


def _short(name: str) -> str:
    name = plain(name)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _capital(words: str) -> str:
    """A name of ours with a capital; one that a person gave stays as it is."""
    return (
        words[0].upper() + words[1:]
        if words.startswith(("worker ", "the ", "task", "span", "run ", "trace "))
        else words
    )
