"""same_random: forked workers drew the same numbers from a generator that they inherited. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity, names, start_of
from workers.timeline.incidents import InheritedDraw
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each state that several workers inherited."""
    draws: dict[tuple[str, int], list[InheritedDraw]] = {}
    for one in timeline.mistakes:
        if isinstance(one, InheritedDraw):
            draws.setdefault((one.generator, one.state), []).append(one)
    for (generator, _), alike in draws.items():
        processes = [timeline.process(number) for number in sorted({one.process for one in alike})]
        if len(processes) < 2:
            continue
        whose = (
            "the global generator of numpy.random"
            if generator == "numpy.random"
            else f"the random generator {generator}"
        )
        text = (f"{names(processes)} drew from {whose} in the state that they inherited when they were forked: all of them "
                "got the same random numbers. Seed a generator in each process.")  # fmt: skip
        start = start_of(timeline, processes[0])
        call, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
        seen = few(Evidence(one.process, one.at_ns, one.at_ns) for one in alike)
        ids = tuple(process.id for process in processes)
        yield Finding("same_random", Severity.ADVICE, text, ids, call, alike[0].at_ns, file, line, seen)
