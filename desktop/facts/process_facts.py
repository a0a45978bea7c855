"""The facts of a process and of a phase of its life. Pure functions without Qt, in the window's thread."""

from desktop.facts import glossary
from desktop.facts.error_facts import error_facts
from desktop.facts.fact import Fact
from desktop.facts.formatting import UNKNOWN, format_count, format_moment, format_span
from desktop.facts.process_columns import COLUMNS
from desktop.facts.visible_text import visible
from desktop.look.span_styles import SPAN_STYLES
from workers.plan.sizes import format_duration
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, SpanKind, Watched
from workers.timeline.timeline import Timeline


def process_facts(timeline: Timeline, process: Process) -> list[Fact]:
    """All known facts of a process. The moment of its exit comes with its uncertainty."""
    facts = []
    for column in COLUMNS:
        text = column.text(timeline, process)
        if text == UNKNOWN or column.label.startswith("Globals"):
            continue
        if column.label == "Exited" and process.exited_within_ns:
            text += f" ± {format_duration(process.exited_within_ns / 2e9)}"
        meaning = glossary.of_state(process.state) if column.label == "State" else ""
        facts.append(Fact(column.label, text, meaning=meaning))
    if process.address:
        facts += [Fact("Host", visible(process.host)), Fact("Address", visible(process.address))]
        within_ns = process.clock_within_ns
        text = "not measured" if within_ns is None else f"its times are within ± {format_duration(within_ns / 1e9)}"
        facts.append(Fact("Clock", text))
    began, ended = process.life_began_ns, process.last_ns
    if began is not None:
        facts.append(Fact("Lifetime", format_span(began, ended, timeline.now_ns)))
    if process.tasks:
        facts.append(Fact("Tasks", format_count(process.tasks)))
    facts += error_facts(process.error, timeline.ending_error(process))
    facts += [watched_fact(watched) for watched in timeline.watched_of(process.id)]
    return facts


def watched_fact(watched: Watched) -> Fact:
    """The value of a watched global, and when it was read."""
    when = {"began": "at the beginning", "ended": "at the end"}.get(watched.when, watched.when)
    return Fact(f"{visible(watched.name)} {visible(when)}", visible(watched.value))


def phase_facts(timeline: Timeline, process: Process, phase: SpanKind) -> list[Fact]:
    """One phase of a process's life: when it began and ended, or its name alone when it has not begun."""
    facts = [Fact("Phase", SPAN_STYLES[phase].words, meaning=glossary.of_span(phase))]
    spans = timeline.lane(process.id).phases
    for t0, t1, kind in zip(spans.t0, spans.t1, spans.kind, strict=True):
        if kind == phase:
            began, ended = int(t0), None if t1 == OPEN else int(t1)
            facts.append(Fact("Phase began", format_moment(began)))
            if ended is not None:
                facts.append(Fact("Phase ended", format_moment(ended)))
            facts.append(Fact("Phase lasted", format_span(began, ended, timeline.now_ns)))
    return facts
