"""full_pipe: a process waits for room in a pipe that nobody else can read. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.model import Wait


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
