"""The stacks of a run as the Stacks panel lists them: equal ones once. Pure functions without Qt, in the window's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.facts.formatting import format_moment
from desktop.facts.naming import name_of
from desktop.facts.visible_text import visible
from workers.analysis.waits import StackGroup, grouped
from workers.system.python_stacks import GONE
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class StackEntry:
    """Threads with equal stacks. head: how many, and in which call. who: the names of the threads. first: the process of the
    first of them."""

    group: StackGroup
    head: str
    who: str
    first: int


@dataclass(frozen=True, slots=True)
class SeenStacks:
    """when: when they were read, in words. problems: sentences about the processes whose stacks could not be read."""

    entries: tuple[StackEntry, ...]
    problems: tuple[str, ...]
    when: str


def state_of(timeline: Timeline) -> tuple[tuple[int, int | None, str], ...]:
    """What the lists are made of: it changes when they do."""
    return tuple(
        (one.id, one.stacks_ns, one.stacks_problem) for one in timeline.processes if one.stacks or one.stacks_problem
    )


def last_read_ns(timeline: Timeline) -> int | None:
    """When stacks were read last; None if they never were."""
    return max((one.stacks_ns for one in timeline.processes if one.stacks_ns is not None), default=None)


def seen_stacks(timeline: Timeline) -> SeenStacks:
    """All stacks that were read last of each process."""
    known = [(one, stack) for one in timeline.processes for stack in one.stacks]
    ids: dict[tuple[str, str], int] = {}
    named = []
    for process, stack in known:
        name = name_of(timeline, process.id)
        ids.setdefault((name, stack.name), process.id)
        named.append((name, stack))
    entries = tuple(
        StackEntry(group, visible(group.head(len(named))), _who(group), ids[group.threads[0]])
        for group in grouped(named)
    )
    return SeenStacks(entries, tuple(_problems(timeline)), _when(timeline))


def _who(group: StackGroup) -> str:
    shown = [f"{process}, {visible(thread)}" if thread else process for process, thread in group.threads[:_MOST_NAMED]]
    more = len(group.threads) - _MOST_NAMED
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _problems(timeline: Timeline) -> list[str]:
    by_problem: dict[str, list[Process]] = {}
    for process in timeline.processes:
        if process.stacks_problem and process.stacks_problem != GONE:
            by_problem.setdefault(process.stacks_problem, []).append(process)
    return [f"{_names(timeline, processes)}: {visible(problem)}" for problem, processes in by_problem.items()]


def _names(timeline: Timeline, processes: Sequence[Process]) -> str:
    names = [name_of(timeline, process.id) for process in processes[:_MOST_NAMED]]
    more = len(processes) - _MOST_NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _when(timeline: Timeline) -> str:
    moments = [one.stacks_ns for one in timeline.processes if one.stacks_ns is not None and one.stacks]
    if not moments:
        return ""
    first, last = format_moment(min(moments)), format_moment(max(moments))
    return f"read at {last}" if first == last else f"read between {first} and {last}"
