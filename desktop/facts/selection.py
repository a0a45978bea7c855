"""What a person has selected: it travels from any view to every other one."""

from dataclasses import dataclass

from workers.timeline.model import Bookmark


@dataclass(frozen=True, slots=True)
class Selection:
    """One thing of a run. process: its id, 0 for what belongs to none. at_ns: the moment pointed at. Then at most one of:
    call (id), line (an output line's number), phase (a SpanKind of the process's own life), task (id), track
    (id, and with `span` or `instant` the place of one of its spans or instants), bookmark (a person's own mark), until_ns
    (the end of an interval that begins at at_ns); none of them means the whole process."""

    process: int
    at_ns: int | None = None
    call: int | None = None
    line: int | None = None
    phase: int | None = None
    task: int | None = None
    bookmark: Bookmark | None = None
    until_ns: int | None = None
    track: int | None = None
    span: int | None = None
    instant: int | None = None

    @property
    def interval(self) -> tuple[int, int] | None:
        """The measured interval, when this is one."""
        return None if self.until_ns is None or self.at_ns is None else (self.at_ns, self.until_ns)

    @property
    def whole_track(self) -> bool:
        """Whether it is a track as a whole."""
        return self.track is not None and self.span is None and self.instant is None

    @classmethod
    def of_interval(cls, one_ns: int, other_ns: int) -> "Selection":
        """The interval between two moments, in whichever order."""
        return cls(0, min(one_ns, other_ns), until_ns=max(one_ns, other_ns))
