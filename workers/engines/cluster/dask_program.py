"""The main module of a plan's program on a Dask cluster: the client, and for a cluster of this machine also its scheduler.

Runs as `python -P …/dask_program.py WORKERS FOLDER CONTROL ORDERS ADDRESS` in an interpreter of its own, with the probe in it
and watched by the keeper. The workers of a cluster of this machine import it again, as they do any main module, so that it
imports nothing then. An empty ADDRESS makes a cluster for the plan. The others are as for `workers.recorded.program`.
"""

import sys


def main() -> int:
    """Exit code 0, or 1 when there is no cluster to be had."""
    from workers.engines.cluster.dask_parent import carry_out
    from workers.recorded.parent import Commands, Orders

    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    commands = Commands(sys.stdin.fileno() if sys.argv[3] == "stdin" else None)
    return carry_out(Orders(sys.argv[4]), sys.argv[2], commands, sys.argv[5])


if __name__ == "__main__":
    sys.exit(main())
