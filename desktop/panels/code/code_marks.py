"""The marks beside the lines of a script: which steps were carried out and when, and which one is running.

Pure functions without Qt, in the window's thread.
"""

from desktop.facts.formatting import format_moment
from desktop.facts.visible_text import visible
from desktop.panels.code.calls_by_hand import calls_by_hand
from desktop.panels.code.source_files import same_file
from workers.plan.listing import Listing
from workers.timeline.model import Call, CallName
from workers.timeline.timeline import Timeline

_SIGNS = {
    CallName.START: "▶",
    CallName.JOIN: "⟂",
    CallName.IS_ALIVE: "◆",
    CallName.TERMINATE: "✕",
    CallName.KILL: "✕",
    CallName.CLOSE: "✓",
    CallName.INTERRUPT: "✕",
    CallName.TERMINATE_WORKERS: "✕",
    CallName.KILL_WORKERS: "✕",
    CallName.SUBMIT: "▶",
    CallName.RESULT: "⟂",
    CallName.STATUS: "◆",
    CallName.CANCEL: "✕",
}


def make_marks(listing: Listing, timeline: Timeline) -> dict[int, str]:
    """The mark of each line whose step is done: a sign, a moment, and for is_alive() its answer. Of a line that raised: what.

    The moment is that of the call for start and for what sends a signal, as in the chart, and else that of the return.
    """
    marks: dict[int, str] = {}
    for call in timeline.calls_by(1):
        line = line_of(listing, timeline, call)
        if line and call.ended_ns is not None:
            at_call = call.name in (CallName.START, CallName.SUBMIT) or call.name.sends_signal
            at_ns = call.began_ns if at_call else call.ended_ns
            marks[line] = f"{_sign(call)} {format_moment(at_ns)}"
    if listing.path:
        for error in timeline.errors:
            if same_file(error.file, listing.path):
                marks[error.line] = f"✕ {visible(error.type)}"
    return marks


def current_line(listing: Listing, timeline: Timeline) -> int | None:
    """The line of the step that the parent is carrying out; None outside the steps, and between two steps by hand."""
    if timeline.ended:
        return None
    if timeline.step is not None and 0 <= timeline.step < len(listing.step_lines):
        return listing.step_lines[timeline.step]
    for call in reversed(timeline.calls_by(1)):
        if call.ended_ns is None:
            return line_of(listing, timeline, call) or None
    return None


def call_at(listing: Listing, timeline: Timeline, line: int) -> Call | None:
    """The last call made by this line, if any."""
    return next((call for call in reversed(timeline.calls_by(1)) if line_of(listing, timeline, call) == line), None)


def line_of(listing: Listing, timeline: Timeline, call: Call) -> int:
    """The line of the script that this call belongs to; 0 when there is none."""
    if listing.path:
        return call.line if call.file == listing.path else 0
    if call.step is not None and 0 <= call.step < len(listing.step_lines):
        return listing.step_lines[call.step]
    if timeline.plan is not None and timeline.plan.by_hand:
        made = calls_by_hand(timeline)
        return listing.step_lines[made.index(call)] if call in made and len(made) == len(listing.step_lines) else 0
    worker = None if call.process is None else timeline.process(call.process).worker
    lines = {CallName.START: listing.start_lines, CallName.JOIN: listing.join_lines}.get(call.name, ())
    return lines[worker - 1] if worker is not None and worker <= len(lines) else 0


def _sign(call: Call) -> str:
    sign = _SIGNS[call.name]
    if call.error:
        return "✕"
    if call.name is CallName.IS_ALIVE and call.result is not None:
        return f"{sign} {call.result}"
    return sign
