"""The main module of a plan's program: a small real parent of `multiprocessing.Process`es.

Runs as `python -P -m workers.program PLAN FOLDER CONTROL` in an interpreter of its own, under the probe and watched by the
keeper. Under spawn and forkserver its workers import it anew, so it imports little. Stdlib only.

PLAN: the plan as JSON. FOLDER: the run's, for the journal of steps. CONTROL: ``stdin`` to take commands from there as JSON
lines, or ``-`` to carry out the whole plan at once.
"""

import json
import sys

from workers import workloads
from workers.workloads import global_var_list

if __name__ in ("__main__", "__mp_main__"):
    # In the parent, and again in each worker that imports this module anew: its own copy of the globals.
    global_var_list[:] = [None] * len(json.loads(sys.argv[1])["sizes"])


def carry_out(function: str, index: int, amount: int) -> None:
    """A worker's target: its workload, with every printed line on its way at once."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    getattr(workloads, function)(index, amount)


def main() -> int:
    """Exit code 0, or 1 when a process could not be started."""
    import multiprocessing
    import os

    from workers.parent import Commands, Parent, run
    from workers.plan import Plan, Workload
    from workers.probe import Journal

    plan = Plan.from_json(sys.argv[1])
    multiprocessing.set_start_method(plan.start_method)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    commands = Commands(sys.stdin.fileno() if sys.argv[3] == "stdin" else None)
    if plan.workload is Workload.SORT_PID:
        print(f"Parent id: {os.getpid()}")
    parent = Parent(plan, Journal(os.path.join(sys.argv[2], "program.journal")), carry_out)
    try:
        run(plan, parent, commands)
    except OSError as error:
        print(
            f"A process could not be started: {error.strerror or error}. Those that were are stopped.", file=sys.stderr
        )
        parent.give_up()
        return 1
    print("We're done")
    if plan.workload is Workload.SORT:
        print("Global var at end of processing:", global_var_list)
    return 0


if __name__ == "__main__":
    sys.exit(main())
