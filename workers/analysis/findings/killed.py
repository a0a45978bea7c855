"""killed: a signal ended a process, and no call of terminate() or the like had sent it. Pure functions, any process.

Where the program sent it with os.kill(), the finding says who and where.
"""

from dataclasses import replace

import numpy as np

from workers.analysis.deliberate_ends import ProgramSignal, is_missed, program_signal
from workers.analysis.findings.finding import Severity, capitalized, moment, names
from workers.analysis.findings.process_ends import EndFinding, end_finding, seen_end
from workers.analysis.findings.signal_deaths import NATIVE_SIGNALS, lost_results, sender, unexpected_signal
from workers.plan.sizes import format_bytes
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_MUCH = 0.6
"""From this share of the machine's memory on, the run probably ran out of it."""
_LITTLE = 0.2
"""Up to this share, memory is an unlikely reason."""
_POLITE = frozenset(("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM"))
"""Signals that a program may handle before it ends: to send one is the usual way to end a process."""


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that was killed."""
    sent = program_signal(timeline, process)
    if sent is not None and sent.file:
        return _killed_by_program(timeline, process, sent) if seen_end(timeline, process) else None
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


def _killed_by_program(timeline: Timeline, process: Process, sent: ProgramSignal) -> EndFinding | None:
    if process.kind is ProcessKind.SUBPROCESS and sent.signal in _POLITE:
        return None  # that is how a program ends another one
    lost = lost_results(timeline, process)
    how = sender(timeline, sent, process)
    text = f"{names([process])} was killed by {sent.signal} at {moment(process.exited_ns)}{lost}: {how}."
    severity = Severity.INFO
    if process.kind is not ProcessKind.SUBPROCESS:
        if is_missed(timeline, process, sent.signal) or (sent.by == process.id and sent.signal not in _POLITE):
            severity = Severity.PROBLEM
        elif sent.signal not in _POLITE:
            severity = Severity.ADVICE
    finding = end_finding(timeline, process, "killed", severity, capitalized(text))
    finding = replace(finding, call=None, file=sent.file, line=sent.line)
    return EndFinding(finding, process, f"were killed by {sent.signal}, which the program sent with os.kill()")


def _reason(timeline: Timeline, process: Process, name: str) -> tuple[str, str]:
    """(which call it was not, what may have killed it); memory is mentioned only where figures are known."""
    if process.address:
        used = f" (it used {format_bytes(process.peak_rss_bytes)} at its peak)" if process.peak_rss_bytes else ""
        return "", f": what sent the signal is not seen in a cluster{used}"
    if name != "SIGKILL":
        return ", not by a recorded call", ""
    total, peak = timeline.memory_bytes, process.peak_rss_bytes
    used = f" (it used {format_bytes(peak)} at its peak)" if peak else ""
    if process.out_of_memory:
        return "", f": the kernel had run out of memory{used}"
    not_by, senders = ", not by a recorded call", "the signal came from outside the program, from native code"
    at_least, at_most = _used_bytes(timeline, process.exited_ns or 0)
    if total is not None and peak and max(at_least, peak) >= _MUCH * total:
        why = f"a single process used {format_bytes(max(at_least, peak))} of the {format_bytes(total)} that were available"
        return not_by, f": probably for lack of memory, since {why}"
    if total is not None and peak and at_most <= _LITTLE * total:
        return not_by, (": the signal came from outside the program or from native code, and memory is an unlikely "
                        f"reason{used}")  # fmt: skip
    return not_by, f": {senders}, or from the kernel for lack of memory{used}"


def _used_bytes(timeline: Timeline, at_ns: int) -> tuple[int, int]:
    """(the least, the most) that all processes used together, from the last sample of each before this moment.

    Memory that processes share, as after a fork, counts for each of them. So they use as much together as the largest of
    them at least, and at most the sum.
    """
    used = [0]
    for process in timeline.processes:
        if process.exited_ns is None or process.exited_ns >= at_ns:
            samples = timeline.samples.get(process.id)
            before = 0 if samples is None else int(np.searchsorted(samples.t, at_ns, side="right"))
            if samples is not None and before:
                used.append(int(samples.rss[before - 1]))
    return max(used), sum(used)
