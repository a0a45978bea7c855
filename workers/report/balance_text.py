"""The balance of a run in words: what each part of the workers' time is called, and lines for a terminal. Pure, any process."""

from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.balance.worker_time import Part
from workers.plan.sizes import format_duration
from workers.report.text_cells import folded
from workers.timeline.timeline import Timeline

PART_WORDS = {
    Part.STARTING: "starting",
    Part.COMPUTING: "computing",
    Part.WAITING: "off the CPU in their work",
    Part.NO_TASK: "without a task",
    Part.TRANSFER: "with big messages",
    Part.ENDING: "ending",
    Part.NOT_KNOWN: "in work whose CPU time is not known",
}
_LEAST_SHARE = 0.005
"""A smaller part is not told in a sentence."""


def part_words(balance: Balance, part: Part) -> str:
    """``computing 61 % (12.3 s)``."""
    return f"{PART_WORDS[part]} {balance.share(part) * 100:.0f} % ({format_duration(balance.parts[part])})"


def cores_words(balance: Balance) -> str:
    """``1.9 of 2 cores used on average``; empty where that is not known."""
    if balance.cores is None:
        return ""
    allowed = "" if balance.allowed is None else f" of {balance.allowed:.3g}"
    return f"{balance.cores:.2g}{allowed} cores used on average"


def balance_sentences(balance: Balance) -> list[str]:
    """Where the time of the workers went, each part that matters."""
    count = len(balance.workers)
    parts = [part_words(balance, part) for part in Part if balance.share(part) >= _LEAST_SHARE]
    workers = "1 worker" if count == 1 else f"{count:,} workers"
    found = [f"{workers} lived {format_duration(balance.worker_s)} together: {', '.join(parts)}."]
    cores = cores_words(balance)
    return [*found, f"{cores}."] if cores else found


def balance_text(timeline: Timeline, width: int | None = None) -> str:
    """The same as lines for a terminal; empty for a run without workers."""
    balance = balance_of(timeline)
    if balance is None or not balance.worker_s:
        return ""
    text = " ".join(balance_sentences(balance))
    return (text if width is None else folded(text.split(" "), " ", width, "  ")) + "\n"
