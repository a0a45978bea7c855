"""The facts of a track of a trace, and of its spans and instants. Pure functions without Qt, in the window's thread."""

from desktop.facts.fact import Fact, Sheet
from desktop.facts.formatting import format_count, format_moment, format_span
from desktop.facts.naming import name_of
from desktop.facts.selection import InstantSelection, OnTrack, Selection, SpanSelection
from desktop.facts.visible_text import visible
from workers.errors import OpenError
from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackSpans


def track_sheet(timeline: Timeline, selection: OnTrack) -> Sheet | None:
    """The sheet for a span or instant of a trace, or for a track as a whole."""
    if not 1 <= selection.track <= len(timeline.tracks):
        return None
    track = timeline.tracks[selection.track - 1]
    where = (
        Fact("Process", name_of(timeline, track.process)),
        Fact("Track", visible(track.name)),
        Fact("Kind of track", str(track.kind)),
    )
    match selection:
        case InstantSelection() if 0 <= selection.instant < len(track.mark_t):
            name = visible(timeline.names[int(track.mark_name[selection.instant])])
            moment = format_moment(int(track.mark_t[selection.instant]), timeline.now_ns // 100)
            return Sheet(name, (Fact("Instant", name), *where, Fact("Time", moment)))
        case SpanSelection() if 0 <= selection.span < len(track.spans):
            return _span_sheet(timeline, track.spans, selection.span, where)
        case _:
            counts = Fact("Spans", format_count(len(track.spans))), Fact("Marks", format_count(len(track.mark_t)))
            return Sheet(visible(track.name), (*where, *counts))


def flow_facts(timeline: Timeline, selection: Selection) -> tuple[Fact, ...]:
    """How many flows arrive at a selected span and leave it; nothing where it has none."""
    flows = timeline.flows
    if not len(flows) or not isinstance(selection, SpanSelection) or not 1 <= selection.track <= len(timeline.tracks):
        return ()
    spans = timeline.tracks[selection.track - 1].spans
    if not 0 <= selection.span < len(spans):
        return ()
    t0, t1 = int(spans.t0[selection.span]), int(spans.t1[selection.span])
    arrive, leave = (
        int(((tracks == selection.track) & (t >= t0) & (t <= t1)).sum())
        for tracks, t in ((flows.to_track, flows.to_t), (flows.from_track, flows.from_t))
    )
    return (Fact("Flows", f"{format_count(arrive)} in, {format_count(leave)} out"),) if arrive or leave else ()


def argument_facts(timeline: Timeline, selection: Selection) -> tuple[Fact, ...]:
    """The arguments of a selected span or instant, read from its file now; why they cannot be shown where that is so."""
    imported = timeline.imported
    if imported is None or imported.arguments is None or not isinstance(selection, SpanSelection | InstantSelection):
        return ()
    if not 1 <= selection.track <= len(timeline.tracks):
        return ()
    track = timeline.tracks[selection.track - 1]
    if isinstance(selection, SpanSelection):
        at, events, names = selection.span, track.spans.event, track.spans.name
    else:
        at, events, names = selection.instant, track.mark_event, track.mark_name
    if events is None or not 0 <= at < len(events):
        return ()
    try:
        values = imported.arguments.of(int(events[at]), timeline.names[int(names[at])])
    except OpenError as error:
        return (Fact("Arguments", f"not shown: {error}"),)
    return tuple(Fact(f"args.{name}", value) for name, value in values)


def _span_sheet(timeline: Timeline, spans: TrackSpans, at: int, where: tuple[Fact, ...]) -> Sheet:
    began, ends = int(spans.t0[at]), int(spans.t1[at])
    ended = None if ends == OPEN else ends
    name = visible(timeline.names[int(spans.name[at])])
    lasts_ns = (timeline.now_ns if ended is None else ended) - began
    facts = [Fact("Span", name), *where, Fact("Began", format_moment(began, lasts_ns))]
    if ended is not None:
        facts.append(Fact("Ended", format_moment(ended, lasts_ns)))
    lasted = "not known: no end is recorded" if ended is None else format_span(began, ended, timeline.now_ns)
    facts += [Fact("Duration", lasted), Fact("Depth", format_count(int(spans.depth[at])))]
    return Sheet(name, tuple(facts))
