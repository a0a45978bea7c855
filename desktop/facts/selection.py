"""The selection: the one thing of a run that the user has selected. Every view shows it, and any view can change it.

Plain data without Qt; it travels between the views in the window's thread. Each kind of thing is a class, and `Selection` is
their union: a function that handles every kind ends in `assert_never`, so that mypy finds it when a kind is added.

All kinds have `process`, the id of the process that the thing belongs to (0 for none), and `at_ns`, the moment at which the
thing is or begins (None for a process or track as a whole).
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from workers.timeline.model import Bookmark, SpanKind


@dataclass(frozen=True, slots=True)
class ProcessSelection:
    """A process as a whole, or one moment of it."""

    process: int
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class CallSelection:
    """A call. process: the caller, or the process in whose lane the call was selected. call: the call's id."""

    process: int
    at_ns: int
    call: int


@dataclass(frozen=True, slots=True)
class LineSelection:
    """A printed line. line: its number."""

    process: int
    at_ns: int
    line: int


@dataclass(frozen=True, slots=True)
class PhaseSelection:
    """A phase of a process's own life."""

    process: int
    at_ns: int
    phase: SpanKind


@dataclass(frozen=True, slots=True)
class TaskSelection:
    """A task of a pool or executor. process: its worker. task: its id."""

    process: int
    at_ns: int
    task: int


@dataclass(frozen=True, slots=True)
class WaitSelection:
    """A wait of the first thread of a process, as seen from outside. at_ns: since when."""

    process: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class TrafficSelection:
    """What a worker of a cluster did beside its tasks, as a transfer. number: its place in the worker's `Traffic`, from 1."""

    process: int
    at_ns: int
    number: int


@dataclass(frozen=True, slots=True)
class ThreadSelection:
    """A thread that ran tasks, as a whole. thread: its id."""

    process: int
    thread: int
    at_ns: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class TrackSelection:
    """A track of a trace as a whole. track: its id."""

    process: int
    track: int
    at_ns: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class SpanSelection:
    """A span of a track. span: its index among the track's spans."""

    process: int
    at_ns: int
    track: int
    span: int


@dataclass(frozen=True, slots=True)
class InstantSelection:
    """An instant of a track. instant: its index among the track's instants."""

    process: int
    at_ns: int
    track: int
    instant: int


@dataclass(frozen=True, slots=True)
class BookmarkSelection:
    """A mark that the user has set. It belongs to no process."""

    bookmark: Bookmark
    process: ClassVar[int] = 0

    @property
    def at_ns(self) -> int:
        """The moment of the mark."""
        return self.bookmark.at_ns


@dataclass(frozen=True, slots=True)
class IntervalSelection:
    """A measured interval. It belongs to no process."""

    at_ns: int
    until_ns: int
    process: ClassVar[int] = 0

    @classmethod
    def between(cls, one_ns: int, other_ns: int) -> Self:
        """The interval between two moments, in either order."""
        return cls(min(one_ns, other_ns), max(one_ns, other_ns))

    @property
    def interval(self) -> tuple[int, int]:
        """Begin and end in ns."""
        return self.at_ns, self.until_ns


OnTrack = TrackSelection | SpanSelection | InstantSelection
"""What is shown on a track of a trace."""

Selection = (
    ProcessSelection
    | CallSelection
    | LineSelection
    | PhaseSelection
    | TaskSelection
    | WaitSelection
    | TrafficSelection
    | ThreadSelection
    | OnTrack
    | BookmarkSelection
    | IntervalSelection
)
"""Any of them."""


def is_whole(selection: Selection) -> bool:
    """Whether a process, thread or track is selected as a whole, and no part or moment of it."""
    return isinstance(selection, ProcessSelection | ThreadSelection | TrackSelection) and selection.at_ns is None
