"""dead_holder, deadlock: several processes live, and each waits for another one. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity, names
from workers.analysis.findings.hangs.hang_scene import HangScene, join_finding
from workers.analysis.findings.hangs.wait_words import cut_short, waits_for, way_out, who_were_cut_short
from workers.timeline.model import Process, Wait

_MOST_NAMED = 3


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for the whole run."""
    if len(scene.living) > 1 and scene.all_stuck and not scene.full_pipes:
        yield _dead_holder(scene) or _deadlock(scene)


def _dead_holder(scene: HangScene) -> Finding | None:
    """A process waits for a lock that a dead process may have held, or for data that it may have been meant to send."""
    dead = [p for p in scene.gone() if cut_short(p)]
    for process in scene.living:
        if not dead or process.id in scene.joins or process.standstill is None:
            continue
        wait = process.standstill.main
        if wait in (Wait.LOCK, Wait.PIPE_READ):
            may = "may have held it" if wait is Wait.LOCK else "may have been the one to send it"
            text = f"{names([process])} waits forever for {waits_for(process)}: {who_were_cut_short(dead)} {may}."
            return scene.wait_finding("dead_holder", text, process, dead)
    return None


def _deadlock(scene: HangScene) -> Finding:
    """All living processes wait, and only they could end the waits."""
    parts = [_wait_of(scene, process) for process in scene.living[:_MOST_NAMED]]
    more = f"; and {len(scene.living) - _MOST_NAMED} more wait" if len(scene.living) > _MOST_NAMED else ""
    waiting = [process for process in scene.living if process.id not in scene.joins]
    text = f"Nothing makes progress any more: {'; '.join(parts)}{more}.{way_out(waiting, joined=bool(scene.joins))}"
    ids = tuple(process.id for process in scene.living)
    since_ns = max(p.standstill.since_ns for p in scene.living if p.standstill is not None)
    join = next(iter(scene.joins.values()), None)
    if join is None:
        return Finding("deadlock", Severity.PROBLEM, text, ids, None, since_ns)
    return join_finding("deadlock", text, join, ids, since_ns)


def _wait_of(scene: HangScene, process: Process) -> str:
    join = scene.joins.get(process.id)
    if join is not None and join.process is not None:
        return f"{names([process])} waits in join() for {names([scene.timeline.process(join.process)])}"
    return f"{names([process])} waits for {waits_for(process)}"
