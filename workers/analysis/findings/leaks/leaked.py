"""leaked, removed_early: shared-memory blocks and named semaphores that nobody unlinked, or that the tracker of another program
did. Pure functions on a timeline, any process."""

from collections.abc import Iterable, Iterator

from workers.analysis.deliberate_ends import NEAR_NS
from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity, capitalized, moment, names
from workers.plan.sizes import format_bytes
from workers.timeline.incidents import ResourceEvent, ResourceKind, ResourceNote
from workers.timeline.timeline import Timeline

_Line = tuple[str, int, ResourceKind, bool]


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for all that was made at one line, and left."""
    left: dict[_Line, list[ResourceNote]] = {}
    for made, removed in _left_behind(timeline):
        if removed is not None and _is_needed_later(timeline, made, removed):
            yield _removed_early(timeline, made, removed)
            continue
        left.setdefault((made.file, made.line, made.kind, removed is not None), []).append(made)
    for (file, line, kind, was_removed), notes in left.items():
        yield _finding(timeline, notes, kind, file, line, was_removed)


def _left_behind(timeline: Timeline) -> Iterator[tuple[ResourceNote, ResourceNote | None]]:
    """What was made and never unlinked, with its removal by the resource tracker; None where nothing is known to remove it.

    A name can be used again, for something else. Of semaphores only the removal is known.
    """
    lives: dict[tuple[ResourceKind, str], tuple[ResourceNote, ResourceNote | None]] = {}
    for note in sorted(timeline.resources, key=lambda one: (one.at_ns, one.event)):
        if note.kind is ResourceKind.POOL:
            continue  # see `never_closed`
        key = note.kind, note.name
        if note.event is ResourceEvent.MADE:
            if key in lives and lives[key][1] is not None:
                yield from _if_leaked(timeline, lives.pop(key))
            lives[key] = note, None
        elif note.event is ResourceEvent.UNLINKED:
            lives.pop(key, None)
        elif key in lives and lives[key][1] is None:  # the first to remove it
            lives[key] = lives[key][0], note
    for life in lives.values():
        yield from _if_leaked(timeline, life)


def _if_leaked(
    timeline: Timeline, life: tuple[ResourceNote, ResourceNote | None]
) -> Iterable[tuple[ResourceNote, ResourceNote | None]]:
    """This life, if its maker could have unlinked what it made, and did not."""
    made, removed = life
    maker = timeline.process(made.process)
    cut_ns = timeline.cut_ns
    if maker.exited_ns is None or (maker.exit_code or 0) < 0 or maker.error == "KeyboardInterrupt":
        return ()  # it may still do so, or was ended before it could
    if cut_ns is not None and cut_ns <= maker.exited_ns:
        return ()
    if removed is None:
        return (life,) if timeline.ended and made.kind is ResourceKind.SHARED_MEMORY else ()
    # The tracker learns of the end of a process by a pipe, which closes a little before that end. Where it removes what its
    # maker may still use, it is the tracker of another program.
    return (life,) if removed.at_ns >= maker.exited_ns - NEAR_NS else ()


def _removed_early(timeline: Timeline, made: ResourceNote, removed: ResourceNote) -> Finding:
    """A block that a tracker removed while others needed it: that of a program that had only attached it, and ended."""
    maker = timeline.process(made.process)
    size = f" of {format_bytes(made.size_bytes)}" if made.size_bytes else ""
    place = f" at {made.file}:{made.line}" if made.file else ""
    text = (f"A shared-memory block{size} that {names([maker])} made{place} was removed too early, at "
            f"{moment(removed.at_ns)}, by a resource tracker: probably by that of a program that had only attached it, and "
            "ended. Whoever attaches it later finds nothing. Attach it with track=False (Python 3.13), or start such a process "
            "with multiprocessing.")  # fmt: skip
    evidence = of_life(maker, made.at_ns)
    return Finding(
        "removed_early", Severity.ADVICE, text, (maker.id,), None, removed.at_ns, made.file, made.line, evidence
    )


def _is_needed_later(timeline: Timeline, made: ResourceNote, removed: ResourceNote) -> bool:
    """Whether a process did not find it after its removal, while its maker lived."""
    ended_ns = timeline.process(made.process).exited_ns
    if made.kind is not ResourceKind.SHARED_MEMORY or ended_ns is None:
        return False
    name = made.name.lstrip("/")
    return any(
        error.type == "FileNotFoundError" and name in error.message and removed.at_ns < error.at_ns < ended_ns
        for error in timeline.errors
    )


def _finding(
    timeline: Timeline, notes: list[ResourceNote], kind: ResourceKind, file: str, line: int, was_removed: bool
) -> Finding:
    makers = [timeline.process(number) for number in sorted({note.process for note in notes})]
    one = len(notes) == 1
    what = ("A" if one else f"{len(notes):,}") + (
        " shared-memory block" if kind is ResourceKind.SHARED_MEMORY else " named semaphore"
    )
    size = sum(note.size_bytes for note in notes)
    of_size = f" of {format_bytes(size)}" if one else f" ({format_bytes(size)} together)"
    it, was = ("it", "was") if one else ("they", "were")
    place = f" at {file}:{line}" if file else ""
    text = f"{what}{'' if one else 's'}{of_size if size else ''} that {names(makers)} made{place} {was} never unlinked"
    if was_removed:
        text += f": {it} {was} still there at the end, and Python's resource tracker removed {'it' if one else 'them'}."
    else:
        text += f", as far as was recorded: {it} may be there still."
    severity = Severity.ADVICE if was_removed else Severity.INFO
    ids = tuple(maker.id for maker in makers)
    evidence = few(one for note in notes for one in of_life(timeline.process(note.process), note.at_ns))
    return Finding("leaked", severity, capitalized(text), ids, None, notes[0].at_ns, file, line, evidence)
