"""A run or a trace as text: a table, its findings, and a timeline of characters. The command line's only thread."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.timeline.timeline import Timeline


def summary(timeline: "Timeline") -> str:
    """The whole text, as wide as the terminal."""
    from workers.analysis.critical_path import critical_path
    from workers.report import trace_text
    from workers.report.balance_text import balance_text
    from workers.report.path_text import path_text
    from workers.report.run_text import findings_text, table, text_timeline

    width = shutil.get_terminal_size((100, 24)).columns
    if timeline.imported is not None:
        return trace_text.summary(timeline, width)
    parts = (
        table(timeline, width),
        findings_text(timeline, width),
        balance_text(timeline, width),
        path_text(timeline, critical_path(timeline), width),
        text_timeline(timeline, width),
    )
    return "\n".join(part for part in parts if part)
