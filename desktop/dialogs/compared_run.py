"""One of the two runs of a comparison. The window's thread."""

from dataclasses import dataclass

from desktop.facts.visible_text import visible
from workers.analysis.comparison import start_method
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run and its name: that of its file, or else its plan or script."""

    name: str
    timeline: Timeline

    @property
    def title(self) -> str:
        """In one line: the name, the plan or command, the start method, the duration, and the date."""
        timeline = self.timeline
        if timeline.plan is not None:
            parts = [self.name if self.name != timeline.plan.title else "", timeline.plan.title]
        else:
            parts = [self.name, " ".join(timeline.argv), start_method(timeline) or ""]
        ended_ns = timeline.program.exited_ns if timeline.program is not None else None
        took = format_duration((timeline.now_ns if ended_ns is None else ended_ns) / 1e9)
        parts += [took if timeline.ended else f"{took}, still running", timeline.started_at[:16].replace("T", " ")]
        return " · ".join(visible(part) for part in parts if part)
