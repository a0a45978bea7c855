"""The run that the window shows, as one immutable value. The window's thread."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from workers.engines.script import Script
from workers.formats.file_format import FileKind, Opened
from workers.plan.plan import Plan
from workers.timeline.model import EndedBy
from workers.timeline.timeline import Timeline


class ShownKind(Enum):
    """Where a shown run comes from."""

    PREVIEW = auto()
    """The lanes of a plan by hand, before it is started. Nothing has run."""
    LIVE_RUN = auto()
    """Started in this window: still running, or ended since."""
    RECORDED_RUN = auto()
    """Read from a run's folder in the history."""
    SAVED_RUN = auto()
    """Read from a file that has the run's journals."""
    TRACE = auto()
    """Read from a trace that another program wrote."""


_KINDS = {
    FileKind.RUN_FOLDER: ShownKind.RECORDED_RUN,
    FileKind.SAVED_RUN: ShownKind.SAVED_RUN,
    FileKind.TRACE: ShownKind.TRACE,
}


@dataclass(frozen=True, slots=True)
class ShownRun:
    """timeline: is filled further while a live run is still running; everything else here does not change.
    title: its plan, script, name or file, in one line; empty for a preview.
    folder: its journals. None for a trace and a preview, and for a live run until it is launched.
    path: the file or folder that was opened; None for a live run.
    plan, script: what it ran, as far as that is known.
    whole: nothing of the opened file is missing.
    stopped: the user ended it.
    failure: why it could not be started or followed, in one sentence; empty otherwise.
    """

    kind: ShownKind
    timeline: Timeline
    title: str = ""
    folder: Path | None = None
    path: Path | None = None
    plan: Plan | None = None
    script: Script | None = None
    whole: bool = True
    stopped: bool = False
    failure: str = ""

    @classmethod
    def preview(cls, timeline: Timeline) -> "ShownRun":
        """The lanes of a plan that has not been started."""
        return cls(ShownKind.PREVIEW, timeline, plan=timeline.plan)

    @classmethod
    def live(cls, timeline: Timeline, script: Script | None = None) -> "ShownRun":
        """A run that this window has just started. script: None for a plan, which the timeline has."""
        plan = timeline.plan
        title = plan.title if plan is not None else "" if script is None else script.title
        return cls(ShownKind.LIVE_RUN, timeline, title, plan=plan, script=script)

    @classmethod
    def opened(cls, opened: Opened) -> "ShownRun":
        """What was read from a file."""
        timeline = opened.timeline
        return cls(
            _KINDS[opened.kind],
            timeline,
            opened.title,
            opened.folder,
            opened.path,
            plan=timeline.plan,
            whole=opened.whole,
            stopped=timeline.ended_by is EndedBy.PERSON,
        )
