"""Which actions are possible now, and why others are not. Pure functions of a timeline, for buttons, menus and keys."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.plan.plan import Plan
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from workers.commands import ParentVerb


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether an action is possible now. why_not: one sentence if it is not."""

    enabled: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One verb in a process's menu, with its text there.

    worker: whom it is about where that is not the process: a task of a plan on a cluster, by its number. group: its name.
    """

    verb: "ParentVerb"
    text: str
    ability: Ability
    worker: int = 0
    group: str = ""

    @property
    def wanted(self) -> str:
        """What it asks for, as steps are written: ``start``, and of a task ``start 2``."""
        return f"{self.verb} {self.worker}" if self.worker else self.verb


YES = Ability(True)
_NO_RUN = Ability(False, "Nothing is running: press Start first.")
NO_KILL = "A task is no process: only its worker could be killed, with all that it does."
_STOPPING = Ability(False, "The run is being stopped.")
_WAITING = frozenset(("join", "join_rest", "finish"))
"""The verbs that keep the parent until processes end."""


def start(timeline: Timeline | None, running: bool, stopping: bool, problem: str) -> Ability:
    """The Start button. problem: why the plan cannot run; empty if it can."""
    if not running:
        return Ability(not problem, problem)
    if stopping:
        return _STOPPING
    if _by_hand(timeline) and unstarted(timeline):
        return YES
    return Ability(False, "A run is still running: wait for its end, or stop it, before starting another one.")


def join(timeline: Timeline | None, running: bool, stopping: bool) -> Ability:
    """The Join button."""
    blocked = _blocked(timeline, running, stopping)
    if blocked is not None or timeline is None:
        return blocked or _NO_RUN
    if timeline.plan is None:
        return Ability(False, "A script joins its processes itself.")
    if timeline.plan.by_hand:
        if not unjoined(timeline):
            return Ability(False, "No started worker is left to join.")
        return YES
    if any(request.verb == "join_rest" for request in timeline.requests.values()):
        return Ability(False, "Join was pressed: the parent is carrying out its joins.")
    if timeline.plan.first_join == len(timeline.plan.steps):
        return Ability(False, "This plan's steps have no join: the parent waits for its workers when it ends.")
    return YES


def ask(timeline: Timeline | None, running: bool, stopping: bool) -> Ability:
    """The Is alive? button."""
    blocked = _blocked(timeline, running, stopping)
    if blocked is not None or timeline is None:
        return blocked or _NO_RUN
    if timeline.plan is None:
        return Ability(False, "Only a script itself can ask whether its processes are alive.")
    if not _started(timeline):
        return Ability(
            False, "No worker has been started yet." if not on_cluster(timeline) else "No task was submitted yet."
        )
    return YES


def stop(running: bool, stopping: bool) -> Ability:
    """The Stop button."""
    return _STOPPING if stopping else YES if running else Ability(False, "Nothing is running.")


def finish(timeline: Timeline | None, running: bool, stopping: bool) -> Ability:
    """Letting the parent go on to its end, whatever was not started or joined yet."""
    blocked = _blocked(timeline, running, stopping)
    if blocked is not None or timeline is None:
        return blocked or _NO_RUN
    if any(request.verb == "finish" for request in timeline.pending):
        return Ability(False, "The parent was already asked to; it ends once it is free.")
    return YES


def look(timeline: Timeline | None, running: bool, stopping: bool) -> Ability:
    """Asking what every thread of the run is doing."""
    if not running or timeline is None:
        return Ability(False, "Nothing is running. Stacks that were read in a run are in the Stacks tab.")
    if stopping:
        return _STOPPING
    if not sys.platform.startswith("linux"):
        return Ability(False, "The stacks of a process are read on Linux alone.")
    return YES if timeline.processes else Ability(False, "The parent is being started.")


def save(timeline: Timeline | None, running: bool, has_journals: bool) -> Ability:
    """Saving the run itself."""
    if timeline is None:
        return _NO_RUN
    if running:
        return Ability(False, "The run can be saved when it is over.")
    return Ability(
        has_journals, "This run was not recorded by Procession: it has no journals to save. Export makes other files."
    )


def verbs(
    timeline: Timeline, process: Process, running: bool, stopping: bool, following: Plan | None = None
) -> list[MenuEntry]:
    """The entries of one process's own menu. following: the plan that the next run would carry out."""
    if timeline.plan is None or process.kind is ProcessKind.CLUSTER_WORKER:
        # The processes of a script, and the workers of a cluster, can only be reached from outside.
        ends = _end_one(process, running, stopping)
        return [
            MenuEntry("terminate", f"Send SIGTERM to {process.name}", ends),
            MenuEntry("kill", f"Send SIGKILL to {process.name}", ends),
        ]
    if process.kind is ProcessKind.PROGRAM:
        ending = MenuEntry("finish", "Let the parent continue to its end", finish(timeline, running, stopping))
        return [*_task_verbs(timeline, running, stopping), ending]
    if process.worker is None:
        return []
    name = process.name
    start_text, start_one = f"{name}.start()", _start_one(timeline, process, running, stopping)
    if timeline.ended and not running and following is not None and _has_worker(following, process.worker):
        start_text, start_one = f"Process-{process.worker}.start() in a new run", YES
    return [
        MenuEntry("start", start_text, start_one),
        MenuEntry("join", f"{name}.join()", _on_living_parent(timeline, process, running, stopping)),
        MenuEntry("alive", f"{name}.is_alive()", _blocked(timeline, running, stopping) or YES),
        MenuEntry("terminate", f"{name}.terminate()", _end_one(process, running, stopping)),
        MenuEntry("kill", f"{name}.kill()", _end_one(process, running, stopping)),
    ]


def _task_verbs(timeline: Timeline, running: bool, stopping: bool) -> list[MenuEntry]:
    """What the parent can do for each task of a plan on a cluster: the calls on futures that stand for those on processes."""
    plan = timeline.plan
    if plan is None or not plan.on_cluster:
        return []
    blocked, begun, left = _blocked(timeline, running, stopping), set(started(timeline)), set(unjoined(timeline))
    found = []
    for number in range(1, plan.workers + 1):
        task = f"{plan.workload.function}-{number}"
        group = f"Task {task}"
        there = blocked or (YES if number in begun else Ability(False, "It has not been submitted yet."))
        submit = blocked or _submit_one(plan, number in begun)
        over = Ability(False, "Its result was awaited already.") if there.enabled and number not in left else there
        found += [
            MenuEntry("start", f"submit() {task}", submit, number, group),
            MenuEntry("join", f"result() of {task}", over, number, group),
            MenuEntry("alive", f"status of {task}", there, number, group),
            MenuEntry("terminate", f"cancel() {task}", over, number, group),
            MenuEntry("kill", f"Kill {task}", Ability(False, NO_KILL), number, group),
        ]
    return found


def _submit_one(plan: Plan, begun: bool) -> Ability:
    if not plan.by_hand:
        return Ability(False, "This plan submits its tasks itself: choose the order “by hand” to submit one.")
    return Ability(False, "It was submitted already.") if begun else YES


def parent_is_free(timeline: Timeline) -> bool:
    """Whether the parent would do at once what it is asked for: it lives, and nothing that it was asked for before comes first.

    By hand it is enough that it is in no call, and in none soon that waits: that its call is over and that it waits for the
    user again stand in two journals, which are read one after the other.
    """
    program = timeline.program
    if program is None or program.ended or program.paused:
        return False
    if timeline.waiting_for_person and not timeline.pending:
        return True
    return _by_hand(timeline) and not on_cluster(timeline) and not _occupied(timeline)


def _occupied(timeline: Timeline) -> bool:
    """Whether the parent of a run by hand is in a call, has yet to make one that waits, or goes on to its end."""
    calls = [call for call in timeline.calls_by(1) if not call.watches]
    over = {call.request for call in calls if call.ended_ns is not None}
    waits = (one.id for one in timeline.requests.values() if one.verb in _WAITING)
    return any(call.ended_ns is None for call in calls) or any(request not in over for request in waits)


def on_cluster(timeline: Timeline) -> bool:
    """Whether the work of a plan is tasks of a cluster, which are no processes of the parent."""
    return timeline.plan is not None and timeline.plan.on_cluster


def unstarted(timeline: Timeline | None) -> list[int]:
    """The numbers of the workers without a start, carried out or requested; on a cluster of the tasks without a submit."""
    if timeline is not None and on_cluster(timeline):
        return _tasks_left(timeline, "start", timeline.submitted)
    return [] if timeline is None else _left(timeline, "start", lambda p: p.start_called_ns is None)


def unjoined(timeline: Timeline) -> list[int]:
    """The numbers of the started workers without a join, carried out or requested; on a cluster of the submitted tasks."""
    if on_cluster(timeline):
        begun = timeline.submitted | _asked(timeline, "start")
        return [number for number in _tasks_left(timeline, "join", timeline.collected) if number in begun]
    joining = {call.process for call in timeline.calls if call.name is CallName.JOIN and call.ended_ns is None}
    return _left(timeline, "join", lambda p: _begun(timeline, p) and p.joined_ns is None and p.id not in joining)


def started(timeline: Timeline) -> list[int]:
    """The numbers of the workers with a start, carried out or requested; on a cluster of the tasks with a submit."""
    if on_cluster(timeline):
        return sorted(timeline.submitted | _asked(timeline, "start"))
    return [p.worker for p in timeline.processes if p.worker is not None and _begun(timeline, p)]


def _left(timeline: Timeline, verb: str, wanted: Callable[[Process], bool]) -> list[int]:
    asked = _asked(timeline, verb)
    return [p.worker for p in timeline.processes if p.worker is not None and p.worker not in asked and wanted(p)]


def _tasks_left(timeline: Timeline, verb: str, done: set[int]) -> list[int]:
    """The numbers of the plan's tasks for which the user has not asked this, and that are not done."""
    workers = timeline.plan.workers if timeline.plan is not None else 0
    asked = _asked(timeline, verb)
    return [number for number in range(1, workers + 1) if number not in asked and number not in done]


def _asked(timeline: Timeline, verb: str) -> set[int]:
    return {request.worker for request in timeline.pending if request.verb == verb}


def _begun(timeline: Timeline, process: Process) -> bool:
    if process.start_called_ns is not None:
        return not process.not_born
    return any(request.verb == "start" and request.worker == process.worker for request in timeline.pending)


def _has_worker(plan: Plan, worker: int) -> bool:
    return plan.by_hand and worker <= plan.workers


def _started(timeline: Timeline) -> bool:
    return bool(timeline.submitted) or any(
        p.worker is not None and p.start_called_ns is not None for p in timeline.processes
    )


def _by_hand(timeline: Timeline | None) -> bool:
    return timeline is not None and timeline.plan is not None and timeline.plan.by_hand


def _blocked(timeline: Timeline | None, running: bool, stopping: bool) -> Ability | None:
    if not running:
        return _NO_RUN
    if stopping:
        return _STOPPING
    if timeline is not None and timeline.program is not None and timeline.program.ended:
        return Ability(False, "The parent has ended.")
    return None


def _start_one(timeline: Timeline, process: Process, running: bool, stopping: bool) -> Ability:
    if not _by_hand(timeline):
        return Ability(False, "This plan starts its workers itself: choose the order “by hand” to start one.")
    if not running and timeline.ended:
        return Ability(False, "This run is over.")
    if stopping:
        return _STOPPING
    if process.worker not in unstarted(timeline):
        return Ability(False, "It was started already: a process starts once.")
    return YES


def _on_living_parent(timeline: Timeline, process: Process, running: bool, stopping: bool) -> Ability:
    blocked = _blocked(timeline, running, stopping)
    if blocked is not None:
        return blocked
    return YES if _begun(timeline, process) else Ability(False, "It has not been started yet.")


def _end_one(process: Process, running: bool, stopping: bool) -> Ability:
    if not running:
        return _NO_RUN
    if stopping:
        return _STOPPING
    if process.kind is ProcessKind.CLUSTER_WORKER and process.address:
        return Ability(False, "It belongs to a cluster, which is only watched.")
    if process.host:
        return Ability(False, f"It was not started here: Procession sends no signals to workers on {process.host}.")
    if process.pid is None:
        return Ability(False, "It is not a process yet.")
    return Ability(False, "It has ended.") if process.ended else YES
