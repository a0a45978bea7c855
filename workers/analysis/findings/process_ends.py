"""Findings about the ends of single processes, and several alike as one finding. Pure functions on a timeline, any process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workers.analysis.findings.evidence import few, of_end
from workers.analysis.findings.finding import Finding, Severity, names, start_of
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_MOST_ALIKE = 4
"""More findings than this with the same words become one finding."""
_MOST_OF_A_KIND = 12
"""More findings than this of one kind become one finding, whatever their words."""


@dataclass(frozen=True, slots=True)
class EndFinding:
    """A finding about the end of one process. together: its words for several processes, after their number."""

    finding: Finding
    process: Process
    together: str


@dataclass(frozen=True, slots=True)
class EndKind:
    """A kind of finding about the end of one process. find: makes the finding of a process that ended, None if there is
    none. together: the words for many processes of this kind, after their number. of_good: whether a process that ended with
    exit code 0 can have it: most of many processes did."""

    code: str
    find: Callable[[Timeline, Process], EndFinding | None]
    together: str
    of_good: bool = False


def grouped_ends(timeline: Timeline, kinds: Sequence[EndKind]) -> list[Finding]:
    """The findings of these kinds, with those that are alike as one."""
    alike: dict[tuple[str, str], list[EndFinding]] = {}
    of_good = [kind for kind in kinds if kind.of_good]
    for process in timeline.processes:
        if process.exited_ns is None and not process.ended:
            continue
        good = process.exit_code == 0 and not process.lost and not process.not_born
        for kind in of_good if good else kinds:
            end = kind.find(timeline, process)
            if end is not None:
                if not end.finding.evidence:
                    end = replace(end, finding=replace(end.finding, evidence=of_end(timeline, process)))
                alike.setdefault((kind.code, end.together), []).append(end)
    found: list[Finding] = []
    few: dict[str, list[EndFinding]] = {}
    for (code, together), ends in alike.items():
        if len(ends) > _MOST_ALIKE:
            found.append(_as_one(ends, together))
        else:
            few.setdefault(code, []).extend(ends)
    words = {kind.code: kind.together for kind in kinds}
    for code, ends in few.items():
        found += [end.finding for end in ends] if len(ends) <= _MOST_OF_A_KIND else [_as_one(ends, words[code])]
    return found


def _as_one(ends: Sequence[EndFinding], together: str) -> Finding:
    first = ends[0].finding
    ids = tuple(end.process.id for end in ends)
    text = f"{len(ends)} processes {together}: {names([end.process for end in ends])}."
    evidence = few(one for end in ends for one in end.finding.evidence)
    return Finding(first.code, first.severity, text, ids, first.call, first.at_ns, first.file, first.line, evidence)


def seen_end(timeline: Timeline, process: Process) -> bool:
    """Whether the end of this process was seen, and the run was not being ended from outside by then."""
    cut_ns = timeline.cut_ns
    return process.exited_ns is not None and not process.lost and (cut_ns is None or process.exited_ns < cut_ns)


def end_finding(
    timeline: Timeline, process: Process, code: str, severity: Severity, text: str, at_ns: int | None = None
) -> Finding:
    """A finding about one process: with the line that started it, and the moment of its end unless another is given."""
    start = start_of(timeline, process)
    call, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
    at_ns = process.exited_ns if at_ns is None else at_ns
    return Finding(code, severity, text, (process.id,), call, at_ns, file, line)
