"""What a run is doing, in one plain sentence that is always true. Pure functions on a timeline."""

from workers.model import ProcessKind
from workers.sizes import format_duration
from workers.timeline import Timeline


def sentence(timeline: Timeline | None, *, stopping: bool = False) -> str:
    """The status bar's sentence; the command line shows it too."""
    if timeline is None:
        return "Set a plan and press Start."
    if timeline.program is None:
        return "The parent is being started."
    if timeline.ended:
        return _outcome(timeline)
    count = _alive(timeline)
    if stopping:
        return f"Stopping: {count}."
    doing = _doing(timeline)
    return f"{count}; {doing}" if doing else f"{count}."


def _alive(timeline: Timeline) -> str:
    total = sum(p.worker is not None or p.kind is not ProcessKind.HELPER for p in timeline.processes[1:])
    return f"{timeline.alive} of {total} alive"


def _doing(timeline: Timeline) -> str:
    program = timeline.program
    if program is None or program.ended:
        return "the parent has ended."
    waits = len(timeline.pending)
    asked = f" {waits} {'question waits' if waits == 1 else 'questions wait'} until it is free." if waits else ""
    call = timeline.waiting_call(program.id)
    if call is not None and call.process is not None:
        child = timeline.process(call.process).name
        waited = format_duration((timeline.now_ns - call.began_ns) / 1e9)
        return f"the parent has waited in join({child}) for {waited}.{asked}"
    if timeline.waiting_for_person:
        plan = timeline.plan
        if plan is not None and not plan.by_hand:
            return "the parent is free: press Join and it will wait for its workers."
        return "the parent is free: ask it for something."
    if program.target_began_ns is None:
        return "the parent's interpreter is starting."
    if program.paused:
        return "the parent is paused."
    return f"the parent is at work.{asked}"


def _outcome(timeline: Timeline) -> str:
    program = timeline.processes[0]
    took = format_duration(timeline.now_ns / 1e9)
    failed = [p for p in timeline.processes[1:] if p.failed and p.kind is not ProcessKind.HELPER]
    lost = [p for p in timeline.processes if p.lost]
    if program.start_called_ns is None:
        return "The parent could not be started."
    if lost:
        return f"The recorder was cut off after {took}: {_are(len(lost))} lost from sight."
    if program.failed:
        return f"The parent ended after {took} with {program.exit_text}."
    if failed:
        ends = ", ".join(f"{p.name}: {p.error if p.not_born else p.exit_text}" for p in failed[:3])
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""
        return f"Done in {took}; {len(failed)} of {len(timeline.processes) - 1} failed ({ends}{more})."
    return f"Done in {took}: every process ended with exit code 0."


def _are(count: int) -> str:
    return "1 process is" if count == 1 else f"{count} processes are"
