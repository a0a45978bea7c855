"""never_closed: a program came to its end without closing a Pool. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity, capitalized, names
from workers.timeline.incidents import ResourceEvent, ResourceKind, ResourceNote
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for the Pools that were made at one line, and on which neither close() nor terminate() was called."""
    left: dict[tuple[int, str, int], list[ResourceNote]] = {}
    for note in _never_closed(timeline):
        left.setdefault((note.process, note.file, note.line), []).append(note)
    for (number, file, line), notes in left.items():
        maker, one = timeline.process(number), len(notes) == 1
        place = f" at {file}:{line}" if file else ""
        text = (f"{'The Pool' if one else f'{len(notes)} Pools'} that {names([maker])} made{place} {'was' if one else 'were'} "
                f"never closed: neither close() nor terminate() was called on {'it' if one else 'them'}, and no with statement "
                "ended.")  # fmt: skip
        evidence = few(one for note in notes for one in of_life(maker, note.at_ns))
        yield Finding(
            "never_closed", Severity.ADVICE, capitalized(text), (maker.id,), None, notes[0].at_ns, file, line, evidence
        )


def _never_closed(timeline: Timeline) -> Iterator[ResourceNote]:
    """The making of each such Pool. The number of a Pool that is gone can be used again, for another one."""
    lives: dict[tuple[int, str], ResourceNote] = {}
    gone: list[ResourceNote] = []
    for note in sorted(timeline.resources, key=lambda one: (one.at_ns, one.event)):
        if note.kind is not ResourceKind.POOL:
            continue
        before = lives.pop((note.process, note.name), None)
        if note.event is ResourceEvent.MADE:
            lives[note.process, note.name] = note
            if before is not None:
                gone.append(before)
    for note in (*gone, *lives.values()):
        if _came_to_its_end(timeline, timeline.process(note.process)):
            yield note


def _came_to_its_end(timeline: Timeline, process: Process) -> bool:
    """Whether this process ended in order, and the run was not being ended from outside by then."""
    if process.exited_ns is None or process.lost or process.exit_code != 0:
        return False
    return timeline.cut_ns is None or process.exited_ns < timeline.cut_ns
