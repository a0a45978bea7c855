"""The facts of a file that is shown: what was read, what was left out, and why. The details panel shows them while nothing is
selected. Pure functions without Qt, in the window's thread."""

from desktop.facts.fact import Fact, Sheet
from desktop.facts.formatting import format_count
from workers.timeline.timeline import Timeline


def file_sheet(timeline: Timeline) -> Sheet | None:
    """The counts of an imported trace, and what is missing from it or from a run; None when there is nothing to say."""
    facts: list[Fact] = []
    imported = timeline.imported
    if imported is not None:
        facts += [
            Fact("Events", format_count(imported.events)),
            Fact("Processes", format_count(imported.processes)),
            Fact("Spans", format_count(imported.spans)),
            Fact("Marks", format_count(imported.marks)),
            Fact("Flows", format_count(imported.flows)),
            Fact("Counter values", format_count(imported.counters)),
        ]
        if imported.arguments is not None:
            why = imported.arguments.unsearched()
            searched = f"not searched: {why}" if why else "searched with the names of spans"
            facts.append(Fact("Arguments", f"read from the file for a selected event; {searched}"))
        facts += [Fact("Not shown", f"{count:,}: {reason}") for reason, count in imported.skipped.items()]
    facts += [Fact("Missing", sentence) for sentence in timeline.warnings]
    if not facts:
        return None
    return Sheet("What was read of this trace" if imported is not None else "What is missing in this run", tuple(facts))
