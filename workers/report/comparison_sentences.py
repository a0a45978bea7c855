"""A comparison of two runs in plain sentences. Pure functions, any process.

The sentences state what was measured, the most important first: different ends, then the durations, then the times by how far
they are apart. They name no cause but what the advice on one of the runs
says. One sentence lists what is about the same, another what is not known.
"""

from collections.abc import Iterable, Iterator, Sequence

from workers.analysis.figures import LEAST_S, SHARE, Comparison, Figure, Group, ProcessEnd, Quantity, Side
from workers.harmless_text import plain
from workers.plan.sizes import format_duration
from workers.report.balance_text import PART_WORDS
from workers.report.cluster_sentences import cluster_sentences
from workers.report.figure_text import short_name, value_text

_MOST_NAMED = 3
_MOST_ENDS = 4
_MOST_TASKS = 3
_MOST_PARTS = 3
_MUCH = 1.5
NOTE = (
    f"One run of each: what is less than {SHARE * 100:.0f} % or {format_duration(LEAST_S)} apart counts as about the same "
    "(≈), and the same program may differ by more from run to run."
)
"""How far the sentences and figures can be trusted."""


def sentences(comparison: Comparison) -> list[str]:
    """The sentences, the most important first."""
    a, b = comparison.a, comparison.b
    runs = {figure.what: figure for figure in comparison.of(Group.RUN)}
    medians = {figure.what: figure for figure in comparison.of(Group.WORKERS)}
    parts = [*_unfinished(a, b), *_ends(comparison.ends)]
    duration = runs.get(Quantity.DURATION)
    if duration is not None and duration.difference is not None:
        parts.append(_duration(duration, a, b))
    if comparison.stages is not None:
        parts += cluster_sentences(*comparison.stages)
    parts += _balance(comparison)
    times = [(figure, words) for figure in (*medians.values(), runs.get(Quantity.WAITED))
             if figure is not None and (words := _TIMES.get(figure.what)) and _differs(figure)]  # fmt: skip
    times.sort(key=lambda one: (one[0].what is Quantity.UNCOLLECTED, -abs(one[0].difference or 0.0)))
    for figure, (subject, verb) in times:
        parts.append(_time(figure, subject, verb, a, b))
    greatest = comparison.greatest
    if greatest is not None and len(comparison.pairs) > 2:
        parts.append(f"Among the processes, {short_name(greatest.of)} differs most: {_PHRASES[greatest.what]} "
                    f"{value_text(greatest, greatest.b)} in B, {value_text(greatest, greatest.a)} in A.")  # fmt: skip
    parts += _usage(runs)
    parts += _tasks(comparison)
    parts += _counts(comparison, runs)
    parts += _circumstances(a, b)
    stated = [*(figure for what, figure in medians.items() if what not in runs), *runs.values()]
    parts += _alike(stated)
    parts += _not_known(stated)
    return parts


_TIMES = {
    Quantity.START_UP: ("A worker", "took {} from start() until its work began"),
    Quantity.ALIVE: ("A worker", "was at work for {}"),
    Quantity.ENDING: ("A worker", "took {} from the end of its work until it exited"),
    Quantity.UNCOLLECTED: ("A worker", "had exited for {} before it was reaped"),
    Quantity.WAITED: ("The parent", "waited {} in join()"),
}
"""The subject and the verb of the sentence about a time."""

_PHRASES = {
    Quantity.START_UP: "from start() until its work began",
    Quantity.ALIVE: "at work for",
    Quantity.ENDING: "from the end of its work until it exited",
}


def _balance(comparison: Comparison) -> Iterator[str]:
    """Where the time of the workers went in one run and not in the other, and the advice that one alone is given."""
    changed = [change for change in comparison.parts if not change.alike][:_MOST_PARTS]
    for change in changed:
        more, less = max(change.a_s, change.b_s), min(change.a_s, change.b_s)
        run, other = ("A", "B") if change.a_s > change.b_s else ("B", "A")
        yield (
            f"All workers together were {PART_WORDS[change.part]} for {format_duration(more)} in {run}, "
            f"{format_duration(less)} in {other}."
        )
    for run, text in comparison.advice:
        yield f"Only {run}: {text}"


def _differs(figure: Figure) -> bool:
    return figure.difference is not None and not figure.alike


def _unfinished(a: Side, b: Side) -> Iterator[str]:
    for name, side in (("A", a), ("B", b)):
        if not side.ended:
            yield f"Run {name} is still running: the comparison covers its first {format_duration(side.now_s)}."
        elif side.cut_off:
            yield f"The recorder of run {name} was cut off: nothing is known after {format_duration(side.now_s)}."


def _ends(ends: Sequence[ProcessEnd]) -> Iterator[str]:
    for end in ends[:_MOST_ENDS]:
        yield f"{_capital(short_name(end.label))} {end.b} in B; in A it {end.a}."
    if len(ends) > _MOST_ENDS:
        yield f"{len(ends) - _MOST_ENDS:,} more processes ended differently in A and B."


def _duration(figure: Figure, a: Side, b: Side) -> str:
    assert figure.a is not None
    assert figure.b is not None
    mine, theirs = value_text(figure, figure.a), value_text(figure, figure.b)
    if figure.alike:
        return f"Both took about the same time: {_run('A', a)} {mine}, {_run('B', b)} {theirs}."
    parts = f"{_capital(_run('B', b))} {'lasts' if b.trace else 'took'} {theirs}"
    if figure.b > figure.a:
        return f"{parts}, {_longer(figure.b, figure.a)} A ({mine})."
    return f"{parts}; A {'lasts' if a.trace else 'took'} {_longer(figure.a, figure.b).rpartition(' ')[0]} ({mine})."


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
    """``Under spawn (B) a worker took 95 ms from start() until its work began, under fork (A) 3.1 ms.``"""
    many = _of_many(figure)
    mine, theirs = value_text(figure, figure.a), value_text(figure, figure.b)
    if figure.what is Quantity.START_UP and a.start_method and b.start_method and a.start_method != b.start_method:
        parts = does.format(theirs)
        return f"Under {b.start_method} (B) a worker {parts}, under {a.start_method} (A) {mine}{many}."
    return f"{subject} {does.format(theirs)} in B, {mine} in A{many}."


def _of_many(figure: Figure) -> str:
    """The number of processes that a median is taken over, if it is more than one."""
    one, other = figure.count_a, figure.count_b
    if max(one, other) < 2:
        return ""
    return f" (medians of {one})" if one == other else f" (medians of {other} and {one})"


def _usage(runs: dict[Quantity, Figure]) -> Iterator[str]:
    for what, words in ((Quantity.CPU, "All processes together used {} of CPU time in B, {} in A."),
                        (Quantity.MEMORY, "The process with the most memory had {} at its peak in B, {} in A.")):  # fmt: skip
        figure = runs.get(what)
        if figure is not None and _differs(figure):
            yield words.format(value_text(figure, figure.b), value_text(figure, figure.a))


def _tasks(comparison: Comparison) -> Iterator[str]:
    """The names of tasks whose times differ most over the whole run, and the names that only one run has."""
    what = "span" if comparison.a.trace and comparison.b.trace else "task"
    by_name: dict[str, dict[Quantity, Figure]] = {}
    for figure in comparison.of(Group.TASK):
        by_name.setdefault(figure.of, {})[figure.what] = figure
    changed = [of for of in by_name.values() if _differs(of[Quantity.MEDIAN])]
    changed.sort(key=lambda of: -abs((of[Quantity.MEDIAN].difference or 0.0) * min(_counts_of(of))))
    for of in changed[:_MOST_TASKS]:
        median, p95 = of[Quantity.MEDIAN], of[Quantity.P95]
        yield (f"{_capital(what)} {short_name(median.of)} took {value_text(median, median.b)} in B, "
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
        if figure is not None and _differs(figure):
            noun = one if figure.b == 1 else many
            yield f"B had {value_text(figure, figure.b)} {noun}, A {value_text(figure, figure.a)}."
    if comparison.pairs and not any(pair.match for pair in comparison.pairs):
        yield "No process of A could be matched with one of B: their names differ."
        return
    for name, only in zip(("A", "B"), comparison.unpaired, strict=True):
        if only:
            yield f"Only in {name}: {_names(only)}."


def _circumstances(a: Side, b: Side) -> Iterator[str]:
    """Other known differences."""
    if a.work and b.work and a.work != b.work:
        yield f"The plans ask for different work: {b.work} in B, {a.work} in A."
    for what, one, other in (("Python", a.python, b.python), ("the machine", a.host, b.host)):
        if one and other and one != other:
            yield f"{_capital(what)} was different: {plain(other)} in B, {plain(one)} in A."


def _alike(figures: Iterable[Figure]) -> Iterator[str]:
    words = [_NAMES[figure.what] for figure in figures if figure.alike and figure.what in _NAMES]
    if words:
        yield f"About the same: {', '.join(words)}."


_NAMES = {
    Quantity.START_UP: "start-up",
    Quantity.ALIVE: "time at work",
    Quantity.ENDING: "ending",
    Quantity.UNCOLLECTED: "time until reaped",
    Quantity.WAITED: "time in join()",
    Quantity.CPU: "CPU time",
    Quantity.MEMORY: "peak memory",
}


def _not_known(figures: Sequence[Figure]) -> Iterator[str]:
    lacking = ("A", [one for one in figures if one.a is None]), ("B", [one for one in figures if one.b is None])
    for name, unknown in lacking:
        words = [_NAMES.get(figure.what, str(figure.what)) for figure in unknown]
        if words:
            yield f"Not known for {name}: {', '.join(words)}."


def _names(names: Iterable[str]) -> str:
    parts = [short_name(name) for name in names]
    if len(parts) > _MOST_NAMED + 1:
        return f"{', '.join(parts[:_MOST_NAMED])} and {len(parts) - _MOST_NAMED:,} more"
    return ", ".join(parts)


def _capital(words: str) -> str:
    """Words of ours with a capital letter; a name from the user's program stays as it is."""
    return (
        words[0].upper() + words[1:]
        if words.startswith(("worker ", "the ", "task", "span", "run ", "trace "))
        else words
    )
