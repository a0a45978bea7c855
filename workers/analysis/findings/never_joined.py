"""never_joined: a process stayed a zombie until its parent ended. Pure functions on a timeline, any process."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from workers.analysis.deliberate_ends import NEAR_NS, is_exit_join
from workers.analysis.findings.finding import Evidence, Finding, Severity, moment
from workers.analysis.findings.process_ends import EndFinding, EndKind, end_finding, grouped_ends
from workers.plan.sizes import format_duration
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_LEAST_NS = 1_000_000_000
"""A zombie for less than this is not worth a finding."""


def find(timeline: Timeline) -> list[Finding]:
    """The processes that their program never joined. Python's own join() at exit does not count as one."""

    @cache
    def first_exit_join_ns(parent: int) -> int | None:
        return next((call.began_ns for call in timeline.calls_by(parent) if is_exit_join(call)), None)

    def of_end(timeline: Timeline, process: Process) -> EndFinding | None:
        return _of_end(timeline, process, first_exit_join_ns)

    return grouped_ends(timeline, (EndKind("never_joined", of_end, "had ended and were never joined", of_good=True),))


def _of_end(timeline: Timeline, process: Process, first_exit_join_ns: Callable[[int], int | None]) -> EndFinding | None:
    exited_ns, reaped_ns = process.exited_ns, process.reaped_ns
    if exited_ns is None or (reaped_ns is not None and reaped_ns - exited_ns < _LEAST_NS):
        return None
    if process.kind not in (ProcessKind.WORKER, ProcessKind.FORKED) or process.parent_id is None:
        return None
    if timeline.cut_ns is not None or process.lost or process.not_born:
        return None
    parent = timeline.process(process.parent_id)
    if parent.exited_ns is None:
        return None  # it may still join it
    ended_ns = parent.exited_ns if parent.target_ended_ns is None else parent.target_ended_ns
    reaped_ns = parent.exited_ns if reaped_ns is None else reaped_ns
    if reaped_ns - exited_ns < _LEAST_NS or ended_ns - reaped_ns >= NEAR_NS:
        return None
    if process.joined_ns is not None and not any(is_exit_join(call) for call in timeline.calls_on(process.id)):
        return None
    # At exit Python joins one child after another: a child that ends meanwhile was not forgotten.
    exit_join_ns = first_exit_join_ns(parent.id)
    zombie_ns = min(reaped_ns, parent.exited_ns, reaped_ns if exit_join_ns is None else exit_join_ns) - exited_ns
    if zombie_ns < _LEAST_NS:
        return None
    text = (f"{process.name} ended at {moment(exited_ns)} and was never joined: it stayed a zombie for "
            f"{format_duration(zombie_ns / 1e9)}, until its parent ended.")  # fmt: skip
    zombie = Evidence(process.id, exited_ns, exited_ns + zombie_ns)
    finding = replace(end_finding(timeline, process, "never_joined", Severity.ADVICE, text), evidence=(zombie,))
    return EndFinding(finding, process,
                      "had ended, were never joined, and stayed zombies until their parent ended")  # fmt: skip
