"""The main module of a plan's program: a small real parent of `multiprocessing.Process`es.

Runs as `python -P …/program.py WORKERS FOLDER CONTROL ORDERS` in an interpreter of its own, with the probe in it and
watched by the keeper. Under spawn and forkserver its workers import it again, as they do any main module, so that it
imports little. Standard library only.

WORKERS: their number. FOLDER: of the run, for the journal of steps. CONTROL: ``stdin`` for commands as JSON lines on
standard input, or ``-`` to carry out the whole plan at once. ORDERS: see `workers.recorded.parent.Orders`.
"""

import sys

from workers.recorded import workloads
from workers.recorded.workloads import global_var_list

if __name__ in ("__main__", "__mp_main__"):
    # In the parent, and in each worker that imports this module again: a copy of the globals of its own.
    global_var_list[:] = [None] * int(sys.argv[1])


def carry_out(function: str, index: int, amounts: "list[int]") -> None:
    """A worker's target: its workload, once for each amount, with every printed line written at once."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    workloads.in_turn(getattr(workloads, function), index, amounts)  # type: ignore[no-untyped-call]


def main() -> int:
    """Exit code 0, or 1 when a process could not be started."""
    from workers.recorded import parent

    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    orders = parent.Orders(sys.argv[4])
    commands = parent.Commands(sys.stdin.fileno() if sys.argv[3] == "stdin" else None)
    return parent.main(orders, sys.argv[2], carry_out, commands)


if __name__ == "__main__":
    sys.exit(main())
