"""Every kind of finding in one list, and all findings of a run. Pure functions on a timeline, any process.

A new kind is a module of this folder and a line in END_KINDS (it is about the end of one process) or in RUN_KINDS.
Advice on speed is a line in `slow/all_slow.py`, a note for someone who learns one in `seen/all_seen.py`.

A finding states only what the timeline shows; where it concludes, its sentence has "probably" or "may". An end that was
asked for is no finding: by terminate() or kill(), by the user, or by Stop. Nothing that happens after Stop is held against
a run.
"""

from collections.abc import Callable, Iterable

from workers.analysis.balance.balance import Balance
from workers.analysis.findings import (
    crashed,
    daemon_cut_off,
    exit_code,
    killed,
    lost,
    never_joined,
    never_ready,
    recording_gaps,
    restarted,
    start_failed,
    still_alive,
    task_raised,
    terminate_ignored,
    thread_raised,
)
from workers.analysis.findings.clusters import all_cluster
from workers.analysis.findings.finding import Finding, Severity
from workers.analysis.findings.hangs import all_hangs
from workers.analysis.findings.leaks import leaked, never_closed, orphaned, output_lost
from workers.analysis.findings.process_ends import EndKind, grouped_ends
from workers.analysis.findings.seen import all_seen
from workers.analysis.findings.sharing import same_random, shared_socket, value_race
from workers.analysis.findings.slow import all_slow
from workers.timeline.timeline import Timeline

END_KINDS: tuple[EndKind, ...] = (
    EndKind("start_failed", start_failed.find, "could not be started"),
    EndKind("lost", lost.find, "were lost from sight"),
    EndKind("daemon_cut_off", daemon_cut_off.find, "are daemons and were ended before they had finished"),
    EndKind("crashed", crashed.find, "crashed in native code"),
    EndKind("killed", killed.find, "were killed by signals"),
    EndKind("exit_code", exit_code.find, "ended with non-zero exit codes"),
)
"""Kinds about the end of one process, each with the words for many processes of that kind."""

RUN_KINDS: tuple[Callable[[Timeline], Iterable[Finding]], ...] = (
    never_joined.find,
    never_ready.find,
    task_raised.find,
    thread_raised.find,
    restarted.find,
    terminate_ignored.find,
    still_alive.find,
    all_hangs.find,
    orphaned.find,
    leaked.find,
    never_closed.find,
    shared_socket.find,
    same_random.find,
    value_race.find,
    output_lost.find,
    recording_gaps.find,
    all_cluster.find,
)
"""Kinds about the run as a whole."""

_SAID_ELSEWHERE = frozenset(
    ("exit_code", "killed", "crashed", "lost", "start_failed", "recording", "left_running", "skipped_output")
)
"""The codes that the status sentence or a warning reports as well."""

_SEVERITIES = list(Severity)


def findings(timeline: Timeline, balance: Balance | None = None) -> list[Finding]:
    """All findings of a run: problems first, then by time. Cheap enough to ask once a second.

    balance: of this timeline, where it was made already: of many processes it costs the most.
    """
    found = grouped_ends(timeline, END_KINDS)
    for find in RUN_KINDS:
        found += find(timeline)
    well = not any(one.severity is Severity.PROBLEM for one in found)
    if well and timeline.cluster is None:  # a run that went wrong has other cares than its speed
        found += all_slow.find(timeline, balance)
    found.sort(key=lambda one: (_SEVERITIES.index(one.severity), one.at_ns or 0))
    return [*found, *all_seen.find(timeline)] if well and timeline.cluster is None else found


def beyond_ends(found: Iterable[Finding]) -> list[Finding]:
    """The findings that neither the status sentence nor a warning reports, without the notes for someone who learns."""
    return [one for one in found if one.code not in _SAID_ELSEWHERE | all_seen.CODES]
