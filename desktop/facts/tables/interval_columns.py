"""The columns of the table of an interval by lane, and why a figure is missing. Pure functions without Qt, in the window's
thread."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.facts.formatting import format_count, format_cpu
from desktop.facts.naming import name_of
from desktop.facts.visible_text import visible
from workers.analysis.tables.lane_measures import LaneMeasure
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

_NO_TASKS = "It ran no tasks in this run: what it did is not known, beyond its CPU time"
_TRACED = "A trace does not say"
_NO_WAIT = "No wait of it was seen in this interval"
_NO_CPU = "Its CPU time was not sampled in this interval"
_NO_END = "A span here has no end"


@dataclass(frozen=True, slots=True)
class LaneFact:
    """One column. value: what it sorts by, None = not known. text: of what is known. missing: why it is not known.

    about: what its title says in a tooltip. sample: a text that the column is wide enough for.
    """

    label: str
    value: Callable[[LaneMeasure], float | None]
    text: Callable[[LaneMeasure], str]
    missing: Callable[[LaneMeasure], str]
    about: str
    sample: str


def lane_name(timeline: Timeline, measured: LaneMeasure) -> str:
    """The name of the process, or of the track and its process."""
    name = name_of(timeline, measured.process)
    return f"{name} · {visible(timeline.tracks[measured.track - 1].name)}" if measured.track else name


def _time(label: str, read: Callable[[LaneMeasure], int | None], missing: Callable[[LaneMeasure], str],
          about: str) -> LaneFact:  # fmt: skip
    return LaneFact(label, read, lambda one: format_duration((read(one) or 0) / 1e9), missing, about, "12.345 s")


def _number(label: str, read: Callable[[LaneMeasure], int | None], about: str) -> LaneFact:
    return LaneFact(label, read, lambda one: format_count(read(one) or 0), lambda _: "It ran no tasks in this run", about,
                    "100,000")  # fmt: skip


def _least(measured: LaneMeasure) -> str:
    return "≥ " if measured.cpu_least else ""


def _of_trace(measured: LaneMeasure, else_: str) -> str:
    return _TRACED if measured.track else else_


LANE_FACTS: tuple[LaneFact, ...] = (
    _time("Alive", lambda one: one.alive_ns, lambda _: _TRACED, "How long it lived in the interval"),
    _time("Busy", lambda one: one.busy_ns, lambda one: _NO_END if one.track else _NO_TASKS,
          "In a task, or in a span of a trace; in several at once counts once"),
    _time("Idle", lambda one: one.idle_ns, lambda one: _of_trace(one, _NO_TASKS), "Alive, and in no task"),
    _time("Waiting", lambda one: one.waiting_ns, lambda one: _of_trace(one, _NO_WAIT),
          "In join(), and in other waits that were seen from outside"),
    LaneFact("CPU", lambda one: one.cpu_s, lambda one: f"{_least(one)}{format_cpu(one.cpu_s or 0)}",
             lambda one: _of_trace(one, _NO_CPU), "CPU time; ≥ where it is not known to the end", "≥ 12.345 s"),
    LaneFact("CPU %", lambda one: one.cpu_share, lambda one: f"{_least(one)}{one.cpu_share or 0:.0%}",
             lambda one: _of_trace(one, _NO_CPU), "CPU time as a share of the time alive", "≥ 100%"),
    _number("Begun", lambda one: one.begun, "Tasks, or spans, that began in the interval"),
    _number("Running", lambda one: one.running, "Tasks, or spans, that ran at the end of the interval"),
    _number("Ended", lambda one: one.ended, "Tasks, or spans, that ended in the interval"),
)  # fmt: skip
"""The columns after the name of the lane."""
