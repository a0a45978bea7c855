"""not_responding: a process waits inside the kernel, where no signal reaches it. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity, capitalized, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.model import Wait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each such process."""
    for process in scene.living:
        wait = scene.main_wait(process)
        if wait is not None and wait.wait is Wait.KERNEL:
            text = (f"{names([process])} has not responded since {moment(wait.since_ns)}: it waits inside the kernel, for a "
                    "disk or a network file system for example, and no signal reaches it there.")  # fmt: skip
            yield Finding("not_responding", Severity.ADVICE, capitalized(text), (process.id,), None, wait.since_ns)
