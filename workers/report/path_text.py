"""The critical path of a run in words. Pure functions on a timeline, any process."""

from workers.analysis.critical_path import CriticalPath, PathStep, StepKind
from workers.plan.sizes import format_duration
from workers.report.text_cells import folded
from workers.timeline.timeline import Timeline

_MOST_PARTS = 4
"""The longest parts are told; the others are put together."""


def path_sentence(timeline: Timeline, path: CriticalPath) -> str:
    """``The critical path: 2.50 s in a task of work, 310 ms in the program itself; …``. Plain text of one line, unfolded."""
    groups: dict[tuple[StepKind, str, bool], list[PathStep]] = {}
    for step in path.steps:
        groups.setdefault((step.kind, step.name, step.process == 1), []).append(step)
    spent = {_words(timeline, steps): sum(step.lasted_ns for step in steps) for steps in groups.values()}
    longest = sorted(spent.items(), key=lambda one: -one[1])
    parts = [f"{format_duration(lasted_ns / 1e9)} {words}" for words, lasted_ns in longest[:_MOST_PARTS]]
    rest_ns = sum(lasted_ns for _, lasted_ns in longest[_MOST_PARTS:])
    if rest_ns:
        parts.append(f"{format_duration(rest_ns / 1e9)} in other steps")
    text = f"The critical path: {', '.join(parts)}."
    waited_ns = sum(step.waited_ns for step in path.steps)
    if waited_ns >= 0.1 * path.lasted_ns:
        text += f" In {format_duration(waited_ns / 1e9)} of that a process waited for what the path does not follow."
    inferred = sum(step.inferred for step in path.steps)
    if inferred:
        verb = "is" if inferred == 1 else "are"
        text += f" {inferred:,} of {_links(path):,} links {verb} inferred, and not recorded."
    return text if path.whole else f"{text} It does not reach the start of the run."


def step_words(timeline: Timeline, step: PathStep) -> str:
    """One step: ``in a task of work in ForkPoolWorker-2``, ``starting Process-1``."""
    name = timeline.process(step.process).name
    match step.kind:
        case StepKind.TASKS:
            return f"in {_tasks(step)} in {name}"
        case StepKind.OWN:
            return "in the program itself" if step.process == 1 else f"in {name}"
        case StepKind.STARTING:
            return "until the program began" if step.process == 1 else f"starting {name}"
        case StepKind.READYING:
            return f"before the first task of {name}"
        case StepKind.QUEUE:
            return f"on the way to {name}"
        case StepKind.ENDING:
            return f"ending {name}"
        case StepKind.RETURNING:
            return "until join() returned"


def path_text(timeline: Timeline, path: CriticalPath | None, width: int | None = None) -> str:
    """The same as lines for a terminal; empty where there is no path, or it is the program alone."""
    if path is None or all(step.process == 1 for step in path.steps):
        return ""
    text = path_sentence(timeline, path)
    return (text if width is None else folded(text.split(" "), " ", width, "  ")) + "\n"


def _tasks(step: PathStep) -> str:
    return f"a task of {step.name}" if step.tasks == 1 else f"{step.tasks:,} tasks of {step.name}"


def _links(path: CriticalPath) -> int:
    """How many times the path goes from one process to another."""
    return sum(before.process != after.process for before, after in zip(path.steps, path.steps[1:], strict=False))


def _words(timeline: Timeline, steps: list[PathStep]) -> str:
    """Steps of one kind, of tasks of one name, in the program alone or in others."""
    step, processes = steps[0], len({one.process for one in steps})
    tasks = sum(one.tasks for one in steps)
    if step.process == 1 or (processes == 1 and tasks == step.tasks):
        return step_words(timeline, step)
    who = timeline.process(step.process).name if processes == 1 else f"{processes:,} processes"
    match step.kind:
        case StepKind.TASKS:
            return f"in {tasks:,} tasks of {step.name} in {who}"
        case StepKind.OWN:
            return f"in {who}"
        case StepKind.STARTING:
            return f"starting {who}"
        case StepKind.READYING:
            return f"before the first tasks of {who}"
        case StepKind.QUEUE:
            return f"on the way to {who}"
        case StepKind.ENDING:
            return f"ending {who}"
        case StepKind.RETURNING:
            return "until join() returned in other processes"
