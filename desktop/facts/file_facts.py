"""What was read of a file and what was not, and why, for the details panel while nothing is selected. Pure functions."""

from desktop.facts.facts import Fact, Sheet
from workers.timeline.timeline import Timeline


def file_sheet(timeline: Timeline) -> Sheet | None:
    """The counts of a trace that another program made, and what is missing in it or in a run; None where there is nothing to
    say."""
    facts: list[Fact] = []
    imported = timeline.imported
    if imported is not None:
        counts = (
            ("Events", imported.events), ("Processes", imported.processes), ("Spans", imported.spans),
            ("Marks", imported.marks), ("Flows", imported.flows), ("Counter values", imported.counters),
        )  # fmt: skip
        facts += [Fact(label, f"{count:,}") for label, count in counts]
        facts += [Fact("Not shown", f"{count:,}: {reason}") for reason, count in imported.skipped.items()]
    facts += [Fact("Missing", sentence) for sentence in timeline.warnings]
    if not facts:
        return None
    return Sheet("What was read of this trace" if imported is not None else "What is missing in this run", tuple(facts))
