"""Runs many scripts under the recorder, some at a time, and stops each once it has told enough. The test's process."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from support.recording import Recording, recording
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.commands import StopRun
from workers.engines.programs import Program
from workers.timeline.timeline import Timeline

_LOOK_S = 0.25
_LIMIT_S = 75.0
"""No run may take longer, the end that it is asked for included."""


@dataclass(slots=True)
class Told:
    """One run and what was told about it. at_end: when it was over; before: while it was running."""

    timeline: Timeline
    at_end: list[Finding] = field(default_factory=list)
    before: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of this severity at the end, and those before that were withdrawn."""
        kept = {(one.code, one.text) for one in self.at_end}
        withdrawn = [one for key, one in self.before.items() if key not in kept]
        return [one for one in (*self.at_end, *withdrawn) if one.severity is severity]


@dataclass(slots=True)
class _Going:
    following: Recording
    told: Told
    closes: ExitStack
    began_s: float
    looked_s: float = 0.0
    asked: bool = False


def told_about(
    programs: Mapping[str, Program],
    enough: Callable[[str, list[Finding]], bool],
    patience_s: Callable[[str], float],
    *,
    at_a_time: int,
) -> dict[str, Told]:
    """What is told about each program.

    enough: whether these findings of the named program are all that is waited for; it is stopped then, and after
    this patience in any case. Programs are begun in their order.
    """
    told: dict[str, Told] = {}
    with ExitStack() as all_runs:
        waiting = iter(programs.items())
        going: dict[str, _Going] = {}
        while True:
            _begin(going, waiting, at_a_time, all_runs)
            if not going:
                return told
            for name, one in list(going.items()):
                if _follow(one, lambda found, name=name: enough(name, found), patience_s(name)):
                    told[name] = one.told
                    del going[name]
                assert time.monotonic() - one.began_s < _LIMIT_S, f"{name} does not end: {one.told}"
            time.sleep(0.005)


def _begin(
    going: dict[str, _Going], waiting: Iterator[tuple[str, Program]], at_a_time: int, all_runs: ExitStack
) -> None:
    while len(going) < at_a_time and (following := next(waiting, None)) is not None:
        name, program = following
        closes = all_runs.enter_context(ExitStack())
        run = closes.enter_context(recording(program))
        going[name] = _Going(run, Told(run.timeline), closes, time.monotonic())


def _follow(one: _Going, enough: Callable[[list[Finding]], bool], patience_s: float) -> bool:
    """Read what is new. Whether the run is over; then it is closed."""
    one.following.step()
    now_s = time.monotonic()
    if not one.asked and now_s - one.looked_s > _LOOK_S:
        one.looked_s = now_s
        found = findings(one.told.timeline)
        one.told.before.update({(finding.code, finding.text): finding for finding in found})
        if enough(found) or now_s - one.began_s > patience_s:
            one.asked = True
            one.following.run.command(StopRun())
    if not one.following.run.over:
        return False
    one.following.finish()
    one.told.at_end = findings(one.told.timeline)
    one.closes.close()
    return True
