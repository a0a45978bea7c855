"""killed: a signal that nothing in the run asked for ended a process. Pure functions on a timeline, any process."""

import numpy as np

from workers.analysis.findings.finding import Severity, capitalized, moment, names
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.analysis.findings.signal_deaths import NATIVE_SIGNALS, lost_results, unexpected_signal
from workers.plan.sizes import format_bytes
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_MUCH = 0.6
"""From this share of the machine's memory on, the run probably ran out of it."""
_LITTLE = 0.2
"""Up to this share, memory is an unlikely reason."""


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that was killed."""
    name = unexpected_signal(timeline, process)
    if name is None or name in NATIVE_SIGNALS:
        return None
    not_by, why = "", ""
    if process.out_of_memory or process.kind is not ProcessKind.SUBPROCESS:
        not_by, why = _reason(timeline, process, name)
    lost = lost_results(timeline, process)
    text = f"{names([process])} was killed by {name} at {moment(process.exited_ns)}{not_by}{lost}{why}."
    harmless = process.kind is ProcessKind.SUBPROCESS and name == "SIGKILL" and not process.out_of_memory
    severity = Severity.INFO if harmless else Severity.PROBLEM
    finding = end_finding(timeline, process, "killed", severity, capitalized(text))
    return EndFinding(finding, process, f"were killed by {name}")


def _reason(timeline: Timeline, process: Process, name: str) -> tuple[str, str]:
    """(which call it was not, what may have killed it); memory is mentioned only where figures are known."""
    if name != "SIGKILL":
        return ", not by a terminate() call", ""
    total, peak = timeline.memory_bytes, process.peak_rss_bytes
    used = f" (it used {format_bytes(peak)} at its peak)" if peak else ""
    if process.out_of_memory:
        return "", f": the kernel had run out of memory{used}"
    not_by, senders = ", not by a kill() call", "the signal came from outside the program, from the process itself"
    together = _used_bytes(timeline, process.exited_ns or 0)
    if total is not None and peak and together >= _MUCH * total:
        why = f"the run used {format_bytes(together)} of the {format_bytes(total)} that were available"
        return not_by, f": probably for lack of memory, since {why}"
    if total is not None and peak and together <= _LITTLE * total:
        return not_by, (": the signal came from outside the program or from the process itself, and memory is an unlikely "
                        f"reason{used}")  # fmt: skip
    return not_by, f": {senders}, or from the kernel for lack of memory{used}"


def _used_bytes(timeline: Timeline, at_ns: int) -> int:
    """The memory of all processes together, from the last sample of each before this moment."""
    total = 0
    for process in timeline.processes:
        if process.exited_ns is None or process.exited_ns >= at_ns:
            samples = timeline.samples.get(process.id)
            before = 0 if samples is None else int(np.searchsorted(samples.t, at_ns, side="right"))
            total += int(samples.rss[before - 1]) if samples is not None and before else 0
    return total
