"""The facts of a call: who called, how long it took, how it ended, where it was called. Pure functions without Qt, in the
window's thread."""

import functools

from desktop.facts.error_facts import error_facts
from desktop.facts.fact import CodePlace, Fact
from desktop.facts.formatting import format_moment, format_span
from desktop.facts.naming import call_text, called_on, name_of
from desktop.facts.visible_text import visible
from workers.plan.listing import make_listing
from workers.plan.plan import Plan
from workers.plan.sizes import format_duration
from workers.timeline.model import Call, CallName
from workers.timeline.timeline import Timeline


def call_facts(timeline: Timeline, call: Call) -> list[Fact]:
    """All facts of a call."""
    facts = [
        Fact("Call", call_text(call.name)),
        Fact("Made by", name_of(timeline, call.by)),
        Fact("On", called_on(timeline, call)),
    ]
    if call.thread:
        facts.append(Fact("In thread", visible(call.thread)))
    asked = timeline.asked_ns(call)
    if asked is not None:
        waited = format_duration(max(0, call.began_ns - asked) / 1e9)
        facts.append(Fact("Asked for", f"{format_moment(asked)}, {waited} before the parent was free for it"))
    facts.append(Fact("Began", format_moment(call.began_ns)))
    if call.ended_ns is not None:
        facts.append(Fact("Returned", format_moment(call.ended_ns)))
    elif timeline.end_of(call) is not None:
        facts.append(Fact("Returned", "never: its caller ended first"))
    facts.append(Fact("Duration", format_span(call.began_ns, timeline.end_of(call), timeline.now_ns)))
    if call.name.waits:
        timeout = "none: waits for ever" if call.timeout_s is None else format_duration(call.timeout_s)
        facts.append(Fact("Timeout", timeout))
    if call.result is not None:
        facts.append(Fact("Result", call_result(call)))
    facts += error_facts(call.error, timeline.error_at(call.by, call.ended_ns))
    where = called_at(timeline, call)
    if where:
        facts.append(Fact("Called at", where, _place(call, where)))
    return facts


def _place(call: Call, where: str) -> CodePlace | None:
    """The line of a call; None for a plan, whose script is not the file that ran."""
    return CodePlace(call.file, call.line) if call.file and where.startswith(visible(call.file)) else None


def called_at(timeline: Timeline, call: Call) -> str:
    """Where the program made the call: file and line, or the line of the plan's script. Empty when not known."""
    if timeline.plan is not None and call.by == 1:
        lines = _step_lines(timeline.plan)
        known = call.step is not None and call.step < len(lines)
        return f"line {lines[call.step or 0]} of the plan's script" if known else ""
    return f"{visible(call.file)}:{call.line}" if call.file else ""


@functools.lru_cache(maxsize=8)
def _step_lines(plan: Plan) -> tuple[int, ...]:
    return make_listing(plan).step_lines


def call_result(call: Call) -> str:
    """The answer of is_alive(), or what join() found when it returned; empty without an answer."""
    if call.result is None:
        return ""
    if call.name is CallName.RESULT:
        return "the task was over" if call.result else "timed out: the task was not over"
    if call.name is CallName.JOIN:
        return "the process had ended" if call.result else "timed out: the process was still alive"
    return str(call.result)
