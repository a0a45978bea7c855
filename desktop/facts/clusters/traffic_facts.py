"""The facts of what a worker of a cluster did beside its tasks: transfers, its disk, opened pickles.

Pure functions without Qt, in the window's thread.
"""

from collections.abc import Iterator

from desktop.facts import glossary
from desktop.facts.fact import Fact, Sheet
from desktop.facts.formatting import format_count, format_moment, format_span
from desktop.facts.naming import process_title
from desktop.facts.selection import ProcessSelection
from desktop.facts.visible_text import visible
from desktop.look.span_styles import SPAN_STYLES
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.cluster.worker_traffic import DiskUse, Preparation, TrafficEntry, Transfer
from workers.timeline.model import MarkKind, Process, SpanKind
from workers.timeline.timeline import Timeline


def traffic_entry(timeline: Timeline, process: int, number: int) -> TrafficEntry | None:
    """What has this number in the traffic of a worker; None where there is no such thing."""
    traffic = None if timeline.cluster is None else timeline.cluster.traffic.get(process)
    return traffic.entries[number - 1] if traffic is not None and 1 <= number <= len(traffic.entries) else None


def traffic_sheet(timeline: Timeline, process: Process, number: int) -> Sheet | None:
    """The sheet of a transfer, of a use of the disk, or of an opened pickle."""
    entry = traffic_entry(timeline, process.id, number)
    match entry:
        case Transfer():
            facts = [Fact("Kind", SPAN_STYLES[SpanKind.TRANSFER].words, meaning=glossary.of_span(SpanKind.TRANSFER))]
            facts += [*_transfer(timeline, process, entry), *_times(timeline, entry.began_ns, entry.ended_ns)]
            return Sheet(f"Transfer of {format_bytes(entry.size_bytes)}", (*facts, _clock(process)))
        case Preparation():
            words = _prepared(entry)
            facts = [Fact("Kind", words, meaning=glossary.of_span(entry.what)), _worker("Worker", process)]
            facts += [Fact("Task", visible(entry.key)), *_times(timeline, entry.began_ns, entry.ended_ns)]
            return Sheet(words[:1].upper() + words[1:], (*facts, _clock(process)))
        case DiskUse():
            return Sheet(f"Spill of {format_bytes(entry.written_bytes)}", (*_spill(process, entry), _clock(process)))
    return None


def _transfer(timeline: Timeline, process: Process, transfer: Transfer) -> Iterator[Fact]:
    if transfer.sender is None:
        yield Fact("Sender", "not known")
    else:
        yield _worker("Sender", timeline.process(transfer.sender))
    yield _worker("Fetched by", process)
    yield Fact("Bytes", f"{format_bytes(transfer.size_bytes)} ({format_count(transfer.size_bytes)})")
    yield Fact("Results", format_count(transfer.keys))
    lasted_ns = transfer.ended_ns - transfer.began_ns
    if lasted_ns > 0 and transfer.size_bytes:
        yield Fact("Rate", f"{format_bytes(round(transfer.size_bytes * 1e9 / lasted_ns))}/s")


def _prepared(one: Preparation) -> str:
    if one.what is SpanKind.DESERIALIZE:
        return SPAN_STYLES[one.what].words
    return "writing to disk" if one.writes else "reading from disk"


def _spill(process: Process, use: DiskUse) -> Iterator[Fact]:
    yield Fact("Kind", "spill to disk", meaning=glossary.of_sign(MarkKind.SPILLED))
    yield _worker("Worker", process)
    yield Fact("Written", f"{format_bytes(use.written_bytes)}, {_results(use.writes)}")
    if use.reads:
        yield Fact("Read back", f"{format_bytes(use.read_bytes)}, {_results(use.reads)}")
    yield Fact("Time", f"{format_moment(use.at_ns)} or shortly before")


def _results(count: int) -> str:
    return "1 result" if count == 1 else f"{format_count(count)} results"


def _times(timeline: Timeline, began_ns: int, ended_ns: int) -> Iterator[Fact]:
    yield Fact("Began", format_moment(began_ns, ended_ns - began_ns))
    yield Fact("Ended", format_moment(ended_ns, ended_ns - began_ns))
    yield Fact("Duration", format_span(began_ns, ended_ns, timeline.now_ns))


def _worker(label: str, process: Process) -> Fact:
    at = f" on {visible(process.host)}" if process.host else ""
    return Fact(label, f"{process_title(process)}{at}", ProcessSelection(process.id))


def _clock(process: Process) -> Fact:
    """How wrong the times may be: they are of the clock of the worker."""
    within_ns = process.clock_within_ns
    return Fact("Clock", "not measured" if within_ns is None else f"± {format_duration(within_ns / 1e9)}")
