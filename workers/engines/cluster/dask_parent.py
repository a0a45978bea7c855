"""The client in the program of a plan on a cluster: each worker's work is a task, and the steps are calls on its future.

Runs in the program's first thread; Dask has threads of its own there. start is `submit`, is_alive asks for the future's
`status`, join is `result`, terminate is `cancel`. The probe does not know these calls, so that they are noted here.
"""

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from distributed import Client, LocalCluster
from distributed.client import Future

from workers.engines.cluster.running_cluster import refusal, watched
from workers.engines.cluster.shipped_work import shipped_work
from workers.recorded.parent import Commands, Orders, Parent, run
from workers.recorded.probe import CALL_BEGAN, CALL_ENDED, CALLS, Journal

if TYPE_CHECKING:
    from workers.commands import ParentVerb

_CALL_OF_VERB = {"start": "submit", "join": "result", "alive": "status", "terminate": "cancel"}
_CONNECT_WITHIN_S = 10.0
_START_WITHIN_S = 120.0
"""Until the first worker of a cluster of this machine is there: each imports Dask, which takes long on a busy machine."""


class DaskParent(Parent):
    """Carries out steps by calls on futures, and notes each before and after."""

    def __init__(self, orders: Orders, journal: Journal, client: Client) -> None:
        self._journal = journal
        self._orders = orders
        self._client = client
        self._work = shipped_work()
        self._futures: dict[int, Future] = {}
        self._started: set[int] = set()
        self._joined: set[int] = set()
        self._calls = 0

    @property
    def done(self) -> bool:
        """Whether every task was submitted, and its result awaited."""
        return len(self._joined) == len(self._orders.pieces)

    def do(
        self, verb: "ParentVerb", worker: int, timeout_s: "float | None" = None, number: int = -1, request: int = 0
    ) -> None:
        """See `Parent`. Raises ValueError for a step that makes no sense."""
        self._note(verb, worker, number, request)
        name = _CALL_OF_VERB.get(verb)
        if name is None:
            raise ValueError(f"{verb} is not possible on a cluster")
        if verb == "start" and worker in self._futures:
            raise ValueError("it was submitted already")
        if verb != "start" and worker not in self._futures:
            raise ValueError("it was not submitted yet")
        self._calls += 1
        timeout_ns = -1 if timeout_s is None else int(timeout_s * 1e9)
        method = CALLS.index(name)
        self._journal.write(CALL_BEGAN, method, 0, self._calls, time.perf_counter_ns(), worker, timeout_ns)
        error, answer = None, 0
        try:
            answer = self._call(verb, worker, timeout_s)
        except BaseException as raised:
            error = raised
            if verb == "join":
                answer = int(
                    self._futures[worker].done()
                )  # it raised, or was cancelled: there is nothing to await any more
            if not isinstance(raised, Exception):
                raise
        finally:
            kind = 0 if error is None else self._journal.text(type(error).__name__)
            self._journal.write(CALL_ENDED, method, 0, self._calls, time.perf_counter_ns(), worker, answer, kind)
        if error is not None and not isinstance(error, TimeoutError):
            print(f"p{worker}: {type(error).__name__}: {error}", file=sys.stderr)

    def _call(self, verb: "ParentVerb", worker: int, timeout_s: "float | None") -> int:
        """What the call answers: whether the task was over."""
        if verb == "start":
            key = f"{self._orders.function}-{worker}-{os.getpid()}"
            arguments: tuple[Any, ...] = (
                self._orders.function, worker, self._orders.pieces[worker - 1], len(self._orders.pieces),
            )  # fmt: skip
            self._futures[worker] = self._client.submit(self._work, *arguments, key=key, pure=False)
            self._started.add(worker)
            return 0
        future = self._futures[worker]
        if verb == "join":
            try:
                future.result(timeout_s)
            finally:
                if future.done():
                    self._joined.add(worker)
        elif verb == "alive":
            print(f"p{worker} status: {future.status}")
        else:
            future.cancel()
        return int(future.done())


def carry_out(orders: Orders, folder: str, commands: Commands, address: str) -> int:
    """Carry out the orders. Exit code 0, or 1 when there is no cluster to be had."""
    journal = Journal(os.path.join(folder, "program.journal"))
    if address:
        problem = refusal(address)
        if problem:
            print(problem, file=sys.stderr)
            return 1
        with watched(address, folder), Client(address, timeout=_CONNECT_WITHIN_S) as client:
            run(orders, DaskParent(orders, journal, client), commands)
    else:
        with _cluster(len(orders.pieces)) as cluster, Client(cluster) as client:
            client.wait_for_workers(1, timeout=_START_WITHIN_S)
            run(orders, DaskParent(orders, journal, client), commands)
    print("We're done")
    return 0


def _cluster(workers: int) -> LocalCluster:
    print(f"Starting a Dask cluster of {workers} worker{'s' if workers > 1 else ''} on this machine")
    return LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0")
