"""The main module of a plan's program: a small real parent of `multiprocessing.Process`es.

Runs as `python -P …/program.py WORKERS FOLDER CONTROL ORDERS` in an interpreter of its own, under the probe and
watched by the keeper. Under spawn and forkserver its workers import it anew, as they do any script, so it imports little.
Stdlib only.

WORKERS: how many there are. FOLDER: the run's, for the journal of steps. CONTROL: ``stdin`` to take commands from there as
JSON lines, or ``-`` to carry out the whole plan at once. ORDERS: see `workers.recorded.parent.Orders`.
"""

import sys

from workers.recorded import workloads
from workers.recorded.workloads import global_var_list

if __name__ in ("__main__", "__mp_main__"):
    # In the parent, and again in each worker that imports this module anew: its own copy of the globals.
    global_var_list[:] = [None] * int(sys.argv[1])


def carry_out(function: str, index: int, amount: int) -> None:
    """A worker's target: its workload, with every printed line on its way at once."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    getattr(workloads, function)(index, amount)


def main() -> int:
    """Exit code 0, or 1 when a process could not be started."""
    from workers.recorded import parent

    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    orders = parent.Orders(sys.argv[4])
    commands = parent.Commands(sys.stdin.fileno() if sys.argv[3] == "stdin" else None)
    return parent.main(orders, sys.argv[2], carry_out, commands)


if __name__ == "__main__":
    sys.exit(main())
