"""full_pipe: a process waits for room in a pipe that nobody else can read; and who has the other end of a pipe open.

Pure functions, any process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.analysis.findings.finding import Finding, Severity, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in
from workers.timeline.model import Process, ProcessKind, Wait
from workers.timeline.stacks import EndHolder, ThreadWait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each such process. Who has the pipe open is known only from a look at all processes."""
    for process in scene.stuck:
        wait = scene.main_wait(process)
        if wait is None or wait.wait is not Wait.PIPE_WRITE:
            continue
        holders = [scene.timeline.holders.get(end) for end in wait.ends]
        if not holders or None in holders:
            continue
        readers = {one.process for ends in holders if ends for one in ends if one.reads}
        if readers == {process.id}:
            text = (f"{names([process])} waits{scene.place(process)} for room in a full pipe that only it has open: nothing is "
                    "read from it before this call returns. Start the process that reads first.")  # fmt: skip
            yield scene.wait_finding("full_pipe", text, process, [])


def find_kept_open(scene: HangScene) -> Iterator[Finding]:
    """pipe_kept_open: a process reads to the end of a pipe that a process has open which its ended child left behind."""
    for process in scene.living:
        wait = scene.main_wait(process)
        if (
            wait is None
            or wait.wait is not Wait.PIPE_READ
            or not is_in(wait.frames, "subprocess.py", "communicate", "run")
        ):
            continue
        holders = _all_holders(scene, wait) or []
        writers = [scene.timeline.process(one.process) for one in holders if one.process is not None and one.writes]
        left = [one for one in writers if scene.lives(one) and one.parent_id != process.id and one is not process]
        starters = [p for p in scene.gone() if p.parent_id == process.id and any(one.parent_id == p.id for one in left)]
        if len(left) != len(writers) or not left or not starters:
            continue
        have = "has" if len(left) == 1 else "have"
        text = (f"{names([process])} waits{scene.place(process)} for the end of a pipe: {names(starters[:1])} has ended, but "
                f"{names(left)}, which it started, {have} that pipe open still. The call returns only when that ends, too. "
                "Start it with another standard output.")  # fmt: skip
        yield replace(scene.wait_finding("pipe_kept_open", text, process, left), severity=Severity.ADVICE)


def end_of_pipe_words(scene: HangScene, process: Process) -> str:
    """Who keeps a process in recv() from an EOFError: a sentence after a blank; nothing where it is no such wait.

    A Queue has no end, since each of its processes has both ends of the pipe open.
    """
    wait = scene.main_wait(process)
    if wait is None or wait.wait is not Wait.PIPE_READ or len(wait.ends) != 1:
        return ""
    alien = process.kind is ProcessKind.SUBPROCESS and not process.hang_stacks
    if not alien and (
        not is_in(wait.frames, "connection.py", "recv", "recv_bytes") or is_in(wait.frames, "queues.py", "get")
    ):
        return ""
    if is_in(wait.frames, "pool.py", "worker", "_handle_results") or is_in(wait.frames, "managers.py", "_callmethod"):
        return ""
    holders = _all_holders(scene, wait)
    if holders is None:
        return ""
    writers = [scene.timeline.process(one.process) for one in holders if one.process is not None and one.writes]
    writers = [one for one in writers if scene.lives(one)]
    others = [one for one in writers if one is not process]
    if not writers or any(not scene.is_stuck(one) or one.id in scene.joins for one in writers):
        return ""  # one that waits in join() may be meant to send after it
    who = names([process])
    if alien:
        mains = [scene.main_wait(one) for one in scene.living]
        awaited = any(one is not None and one.wait is Wait.CHILD and one.object == process.pid for one in mains)
        return "" if not others or not awaited else (
            f" The writing end of the pipe that {who} reads is open in {names(others)}, so that {who} gets no end of file: "
            "close it there, or use communicate().")  # fmt: skip
    if not others:
        return (f" Only {who} itself has the other end open, so that it never gets an EOFError: close that end there once the "
                "process that uses it is started.")  # fmt: skip
    own = f"{who} itself and " if process in writers else ""
    return (f" The other end is open in {own}{names(others)}, so that {who} gets no EOFError: a forked process has all ends "
            "open that its parent had. Close those that it does not use, or send a value that ends the loop.")  # fmt: skip


def full_pipe_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """Who would have to read from the full pipe that one of these processes writes to: a sentence after a blank, or nothing."""
    for process in waiting:
        wait = scene.main_wait(process)
        holders = None if wait is None or wait.wait is not Wait.PIPE_WRITE else _all_holders(scene, wait)
        if holders is None:
            continue
        readers = [scene.timeline.process(one.process) for one in holders if one.process is not None and one.reads]
        readers = [one for one in readers if one is not process and scene.is_stuck(one)]
        if len(readers) == 1:
            own = next((words for one in readers if (words := scene.place(one))), "")
            return (f" Room in that pipe is made by {names(readers)} alone, which waits itself{own}. Read from all pipes at "
                    "once, as communicate() does, or let one side read before it writes.")  # fmt: skip
    return ""


def _all_holders(scene: HangScene, wait: ThreadWait) -> list[EndHolder] | None:
    """Who has the ends at which something has to happen; None where that is not known, or one is outside of the run."""
    found = [one for end in wait.ends for one in scene.timeline.holders.get(end, ())]
    return None if not found or any(one.process is None for one in found) else found
