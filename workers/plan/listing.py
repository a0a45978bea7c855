"""The script that does the same as a plan: shown in the Code tab, written by Save as .py. Any process.

It contains the source of the workload's function, so that plain ``python`` does and prints the same. The script of a plan by
hand has the calls that were made so far. A user's own script is a listing too.
"""

import ast
import inspect
import itertools
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.plan.plan import Plan, Step, Verb, Workload
from workers.plan.plan_engines import cluster_address
from workers.recorded import workloads

_WIDEST = 100
_INDENT = "    "
_MOST_SOURCE_BYTES = 1 << 20
_BY_HAND = "# By hand: each call is written here when it is made, without the pauses between them."
_RESULT = '''def result(future, timeout=None):
    """Wait for a task as join() waits for a process, which does not raise."""
    try:
        future.result(timeout)
    except TimeoutError:
        pass
    except Exception as error:
        print(f"{future.key}: {type(error).__name__}: {error}")
'''


@dataclass(frozen=True, slots=True)
class Listing:
    """The text of a script and the lines of its steps, which count from 1.

    step_lines: the line of each step of the plan; of a plan by hand, of each call that was made.
    start_lines, join_lines: for each worker, the line that first starts or joins it; 0 if there is none.
    path: of the user's own script, whose calls have lines of their own; empty for the script of a plan.
    """

    text: str
    step_lines: tuple[int, ...]
    start_lines: tuple[int, ...]
    join_lines: tuple[int, ...]
    path: str = ""


def file_listing(path: Path) -> Listing:
    """A user's own script; without text if the file cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_SOURCE_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    return Listing(text, (), (), (), str(path))


def make_listing(plan: Plan, made: Sequence[Step | str] = ()) -> Listing:
    """The script for `plan`. made: of a plan by hand, the calls that were made, and comments between them."""
    script = _Script()
    _write_head(script, plan)
    if _results_may_raise(plan):
        for line in _RESULT.splitlines():
            script.add(line)
        script.add()
        script.add()
    script.add("def main():")
    if plan.on_cluster:
        return _on_cluster(script, plan, made)
    if plan.workload is Workload.SORT_PID:
        script.add('print(f"Parent id: {os.getpid()}")', 1)
    for worker, size in enumerate(plan.sizes, 1):
        script.add(f"p{worker} = {_process(plan, worker, size)}", 1)
    script.add()
    if plan.by_hand:
        script.add(_BY_HAND, 1)
    lines = _write_steps(script, plan, made if plan.by_hand else plan.steps)
    steps = tuple(step for step in made if isinstance(step, Step)) if plan.by_hand else plan.steps
    script.add()
    script.add('print("We\'re done")', 1)
    if plan.workload is Workload.SORT:
        script.add('print("Global var at end of processing:", global_var_list)', 1)
    script.add()
    script.add()
    script.add('if __name__ == "__main__":')
    script.add(f'multiprocessing.set_start_method("{plan.start_method}")', 1)
    script.add("main()", 1)
    return Listing(
        script.text,
        lines,
        _first_lines(Verb.START, steps, lines, plan.workers),
        _first_lines(Verb.JOIN, steps, lines, plan.workers),
    )


def _on_cluster(script: "_Script", plan: Plan, made: Sequence[Step | str]) -> Listing:
    """The rest of the script for a plan on a cluster: each worker's work is a task."""
    address = cluster_address(plan.engine)
    if address:
        script.add(f"with Client({address!r}) as client:", 1)
    else:
        script.add("with (", 1)
        script.add(f"LocalCluster(n_workers={plan.workers}, threads_per_worker=1) as cluster,", 2)
        script.add("Client(cluster) as client,", 2)
        script.add("):", 1)
    if plan.by_hand:
        script.add(_BY_HAND, 2)
    told = made if plan.by_hand else plan.steps
    steps = tuple(step for step in told if isinstance(step, Step))
    added = [(one, script.add(_on_future(plan, one) if isinstance(one, Step) else f"# {one}", 2)) for one in told]
    lines = tuple(line for one, line in added if isinstance(one, Step))
    if not steps:
        script.add("pass", 2)
    script.add()
    script.add('print("We\'re done")', 1)
    script.add()
    script.add()
    script.add('if __name__ == "__main__":')
    script.add("main()", 1)
    return Listing(
        script.text,
        lines,
        _first_lines(Verb.START, steps, lines, plan.workers),
        _first_lines(Verb.JOIN, steps, lines, plan.workers),
    )


def _results_may_raise(plan: Plan) -> bool:
    """Whether result() may raise, by which the script would end too early."""
    fails = plan.workload in (Workload.FAIL, Workload.CRASH)
    return plan.on_cluster and (fails or any(step.timeout_s is not None for step in plan.steps))


def _on_future(plan: Plan, step: Step) -> str:
    name = f"p{step.worker}"
    match step.verb:
        case Verb.START:
            key = f'key="{plan.workload.function}-{step.worker}", pure=False'
            return f"{name} = client.submit({_task(plan, step.worker)}, {key})"
        case Verb.ALIVE:
            return f'print(f"{name} status: {{{name}.status}}")'
        case Verb.JOIN:
            if _results_may_raise(plan):
                return f"result({', '.join(filter(None, (name, step.timeout_text)))})"
            return f"{name}.result()"
        case _:
            return f"{name}.cancel()"


class _Script:
    """The lines of a script that is being written."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, line: str = "", depth: int = 0) -> int:
        """Add one line and return its number."""
        self._lines.append(_INDENT * depth + line if line else "")
        return len(self._lines)

    @property
    def text(self) -> str:
        """All lines, each with a line end."""
        return "\n".join(self._lines) + "\n"


def _process(plan: Plan, worker: int, size: int) -> str:
    function = plan.workload.function
    if len(plan.pieces_of(worker)) == 1:
        return f"Process(target={function}, args=({worker}, {size:_}))"
    return f"Process(target=in_turn, args=({function}, {worker}, {_amounts(plan, worker)}))"


def _task(plan: Plan, worker: int) -> str:
    """The function of a worker and its arguments, as submit() takes them."""
    function = plan.workload.function
    if len(plan.pieces_of(worker)) == 1:
        return f"{function}, {worker}, {plan.sizes[worker - 1]:_}"
    return f"in_turn, {function}, {worker}, {_amounts(plan, worker)}"


def _amounts(plan: Plan, worker: int) -> str:
    pieces = plan.pieces_of(worker)
    runs = [(piece, len(list(alike))) for piece, alike in itertools.groupby(pieces)]
    if len(runs) == len(pieces):
        return f"({', '.join(f'{piece:_}' for piece in pieces)})"
    return " + ".join(f"({piece:_},) * {times}" for piece, times in runs)


def _write_head(script: _Script, plan: Plan) -> None:
    source = inspect.getsource(getattr(workloads, plan.workload.function))
    if any(len(pieces) > 1 for pieces in plan.pieces):
        source = f"{inspect.getsource(workloads.in_turn)}\n\n{source}"
    script.add(_docstring(plan.title))
    script.add()
    for module in sorted({*([] if plan.on_cluster else ["multiprocessing"]), *_modules_in(source)}):
        script.add(f"import {module}")
    if plan.on_cluster:
        script.add()
        script.add("from distributed import Client" + ("" if cluster_address(plan.engine) else ", LocalCluster"))
    else:
        script.add("from multiprocessing import Process")
    script.add()
    if plan.workload is Workload.SORT:
        script.add(f"global_var_list = [None] * {plan.workers}")
        script.add()
    script.add()
    for line in source.splitlines():
        script.add(line)
    script.add()
    script.add()


def _write_steps(script: _Script, plan: Plan, steps: Sequence[Step | str]) -> tuple[int, ...]:
    """Write one line a step or comment and return the numbers of the steps; a blank line ends the opening starts."""
    opening = next((at for at, step in enumerate(steps) if not _is_start(step)), len(steps))
    lines: list[int] = []
    for at, step in enumerate(steps):
        if at == opening > 1:
            script.add()
        if isinstance(step, Step):
            lines.append(script.add(call_text(step, plan), 1))
        else:
            script.add(f"# {step}", 1)
    return tuple(lines)


def _is_start(step: Step | str) -> bool:
    return isinstance(step, Step) and step.verb is Verb.START


def call_text(step: Step, plan: Plan) -> str:
    """The statement that carries out a step of a plan: ``p1.join()``."""
    if plan.on_cluster:
        return _on_future(plan, step)
    name = f"p{step.worker}"
    match step.verb:
        case Verb.ALIVE:
            return f'print(f"{name} alive:? {{{name}.is_alive()}}")'
        case _:
            return f"{name}.{step.verb}({step.timeout_text})"


def _first_lines(verb: Verb, steps: tuple[Step, ...], lines: tuple[int, ...], workers: int) -> tuple[int, ...]:
    first: dict[int, int] = {}
    for step, line in zip(steps, lines, strict=True):
        if step.verb is verb:
            first.setdefault(step.worker, line)
    return tuple(first.get(worker, 0) for worker in range(1, workers + 1))


def _modules_in(source: str) -> set[str]:
    """The modules that the workload's source names, out of those that `workers.recorded.workloads` imports."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return {name for name in names if isinstance(getattr(workloads, name, None), types.ModuleType)}


def _docstring(text: str) -> str:
    most = _WIDEST - len(6 * '"' + ".")
    return f'"""{text}."""' if len(text) <= most else f'"""{text[:most].rstrip(";, ")}…"""'
