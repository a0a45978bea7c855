"""last_one: one process is left, and it waits for what only another process could give. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.full_pipe import end_of_pipe_words
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.task_done_missing import counted_words
from workers.analysis.findings.hangs.wait_words import deed, empty_words, how_ended, waits_for
from workers.timeline.model import Wait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for that process. A process that was alone from the start may wait for what it likes."""
    if len(scene.living) != 1 or not scene.is_stuck(scene.living[0]) or scene.full_pipes or scene.awaits_stacks:
        return
    process, gone = scene.living[0], scene.gone()
    wait = scene.main_wait(process)
    if not gone or wait is None or wait.wait not in (Wait.LOCK, Wait.PIPE_READ):
        return
    counted = counted_words(scene, process)
    if counted:
        text = (f"{names([process])} waits{scene.place(process)}, and no other process is left to call task_done(): {counted}; "
                f"{how_ended(gone)}.")  # fmt: skip
        yield scene.wait_finding("last_one", text, process, gone[::-1])
        return
    end = empty_words(scene, [process]) or end_of_pipe_words(scene, process)
    text = (f"{names([process])} waits for {waits_for(wait)}{scene.place(process)}, and no other process is left to "
            f"{deed(wait)}: {how_ended(gone)}.{end}")  # fmt: skip
    yield scene.wait_finding("last_one", text, process, gone[::-1])
