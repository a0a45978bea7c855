"""The work of a plan as a cluster's workers get it: its source, so that they need neither Procession nor the same Python.

A function that is pickled by value carries compiled code, which crashes another Python. What arrives is pickled by source
again, since a scheduler passes it on. Runs in the plan's program.
"""

import inspect
from typing import Any

from workers.recorded import workloads

_WORK = """

class PlanWork:
    __name__ = "carry_out"

    def __init__(self, make, source):
        self.make, self.source = make, source

    def __reduce__(self):
        return eval, ("(%s)(%r, %r)" % (self.make, self.make, self.source),)

    def __call__(self, function, index, amounts, workers):
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        global_var_list[:] = [None] * workers
        in_turn(globals()[function], index, amounts)
"""
_MAKE = (
    "lambda make, source: (lambda names: (exec(source, names), names['PlanWork'](make, source))[1])"
    "({'__name__': 'procession_plan'})"
)


def shipped_work() -> Any:
    """A function of (name of a workload, number of the worker, its amounts, number of workers) that travels as its source."""
    return eval(_MAKE)(_MAKE, inspect.getsource(workloads) + _WORK)
