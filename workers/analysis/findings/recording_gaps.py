"""torn, dropped_output, skipped_output, suspended, recording, left_running: what is missing from a recording, and what
outlived it. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity
from workers.journal.kinds import LEFT_ALONE
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each gap."""
    torn = timeline.torn_records
    if torn:
        text = (
            "1 record was only partly written: its content is lost."
            if torn == 1
            else f"{torn:,} records were only partly written: their contents are lost."
        )
        yield Finding("torn", Severity.ADVICE, text)
    dropped = timeline.dropped_output_bytes - timeline.skipped_output_bytes
    if dropped > 0:
        yield Finding("dropped_output", Severity.ADVICE, f"{format_bytes(dropped)} of printed output were not kept.")
    if timeline.skipped_output_bytes:
        text = f"{format_bytes(timeline.skipped_output_bytes)} of printed output came too fast to show; a saved run has it."
        yield Finding("skipped_output", Severity.INFO, text)
    for slept in timeline.suspends:
        text = f"The machine slept for {format_duration(slept.lasted_ns / 1e9)}: the time axis leaves that time out."
        yield Finding("suspended", Severity.INFO, text, at_ns=slept.at_ns)
    for warning in timeline.warnings:
        code = "left_running" if warning.startswith(LEFT_ALONE) else "recording"
        left = tuple(p.id for p in timeline.processes if p.left) if code == "left_running" else ()
        evidence = few(one for number in left for one in of_life(timeline.process(number)))
        yield Finding(code, Severity.ADVICE, warning, left, evidence=evidence)
