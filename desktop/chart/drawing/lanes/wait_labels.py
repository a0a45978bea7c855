"""The words in waits, kept from frame to frame: they are read from stacks, which takes longer than drawing them. The window's
thread, or an export."""

from desktop.facts.wait_facts import wait_labels
from workers.timeline.model import Process
from workers.timeline.stacks import CodeFrame, ThreadWait
from workers.timeline.timeline import Timeline


class WaitLabels:
    """The words of each wait of one run that was drawn."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[tuple[CodeFrame, ...], tuple[str, str]]] = {}

    def of(self, timeline: Timeline, process: Process, wait: ThreadWait) -> tuple[str, str]:
        """The words of a wait, and its line. They change once its stack is known."""
        key = process.id, wait.since_ns
        kept = self._kept.get(key)
        if kept is None or kept[0] is not wait.frames:
            kept = self._kept[key] = wait.frames, wait_labels(timeline, process, wait)
        return kept[1]
