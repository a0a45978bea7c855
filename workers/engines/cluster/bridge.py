"""The bridge to a cluster that is watched: a program of its own, which the keeper launches as it launches any other.

``bridge.py ROOT FOLDER ADDRESS SECONDS``: watch for so many seconds, 0 = until it is ended. Exit codes: 0 = the watch ended or
the cluster did, 1 = the scheduler was lost, 3 = the cluster could not be watched.

It speaks to the scheduler by plain calls, each with a limit, in one thread. Nothing that the cluster sends is unpickled. It is
registered as a client, so that the scheduler notices when it is gone, however it ended, and our plugins leave.
"""

import asyncio
import logging
import signal
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])

import distributed.protocol.pickle
from distributed.comm import connect
from distributed.core import rpc
from distributed.security import Security

from workers.engines.cluster.cluster_journal import ClusterJournal
from workers.engines.cluster.payloads import payload
from workers.journal.codes import Watch

CALL_S = 3.0
"""The limit of each call."""
_ASK_S = 1.0
_PACE_S = 0.02
_SHORT_PACE_S = 0.01
_FEW = 4
"""After so few entries it asks again sooner: few workers tell something, and calls are rare."""
_LEAST_BATCH_S = 0.05
_BATCH_OF_EACH_S = 0.001
_USAGE_S = 1.0
_USAGE_OF_EACH_S = 0.01
_EXCHANGES = 12
_LEAVING_S = 0.9
_CLOCK_EVERY_S = 30.0
_LONGEST_REASON = 300
OK, LOST, REFUSED = 0, 1, 3


class RefusedError(Exception):
    """The cluster does not take part. The text says why."""


class Bridge:
    """One watch. over: set it to end the watch."""

    def __init__(self, address: str, journal: ClusterJournal) -> None:
        self.over = asyncio.Event()
        self._address = address
        self._journal = journal
        self._watch = f"procession-{uuid.uuid4().hex[:12]}"
        arguments = Security().get_connection_args("client") if address.startswith("tls://") else {}
        self._connection_arguments: dict[str, Any] = arguments
        self._scheduler = rpc(
            address, deserialize=False, serializers=["msgpack"], deserializers=["msgpack"], connection_args=arguments
        )
        self._client: Any = None
        self._since = 0
        self._answered_ns = time.perf_counter_ns()
        self._answers = True
        self._closing = False

    async def attach(self) -> None:
        """Install the plugins. Raises RefusedError, TimeoutError or OSError, and anything for answers of another shape."""
        async with asyncio.timeout(CALL_S):
            versions = await self._scheduler.versions()
            identity = await self._scheduler.identity()
        count = max(int(identity.get("n_workers", 0)), len(identity.get("workers", ())))
        async with asyncio.timeout(CALL_S):
            await self._register_client()
        await self._register("scheduler", payload("SchedulerSide", self._watch))
        await self._measure_clock()
        batch_s = max(_LEAST_BATCH_S, count * _BATCH_OF_EACH_S)
        usage_s = max(_USAGE_S, count * _USAGE_OF_EACH_S)
        await self._register("worker", payload("WorkerSide", self._watch, batch_s, usage_s))
        with suppress(TimeoutError):  # it waits there for nannies that are starting, and goes on without us
            await self._register("nanny", payload("NannySide", self._watch))
        package = versions.get("packages", {}).get("distributed", "?")
        python = ".".join(str(part) for part in versions.get("host", {}).get("python", "").split(".")[:3])
        self._journal.state(Watch.ATTACHED, f"distributed {package} on Python {python}")

    async def follow(self) -> int:
        """Take what comes until the watch or the cluster is over. Returns the exit code."""
        measured = time.monotonic()
        gone = asyncio.ensure_future(self._connection_ends())
        over = asyncio.ensure_future(self.over.wait())
        try:
            while not self.over.is_set():
                take = asyncio.ensure_future(self._take(_ASK_S))
                await asyncio.wait({take, gone, over}, return_when=asyncio.FIRST_COMPLETED)
                if gone.done() and not self.over.is_set():
                    with suppress(Exception):
                        await asyncio.wait_for(take, 0.5)  # the scheduler's last words, which it sent before it closed
                    self._journal.state(Watch.CLOSED if self._closing else Watch.GONE)
                    return OK if self._closing else LOST
                if over.done():
                    take.cancel()
                    break
                try:
                    await take
                except Exception as error:  # answers of another shape than ours, or pickles
                    self._journal.state(Watch.GONE, _reason(error))
                    return LOST
                if time.monotonic() - measured > _CLOCK_EVERY_S and self._answers:
                    measured = time.monotonic()
                    with suppress(TimeoutError, OSError):
                        await self._measure_clock()
                if self._journal.failed:
                    break
                await asyncio.sleep(_SHORT_PACE_S if take.result() <= _FEW else _PACE_S)
            await self._leave()
            return OK
        finally:
            over.cancel()
            gone.cancel()  # only now: it closes the connection as a client, upon which the scheduler's side leaves

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.abort()
        await self._scheduler.close_rpc()

    async def _register_client(self) -> None:
        self._client = await connect(self._address, timeout=CALL_S, deserialize=False, **self._connection_arguments)
        hello = {"op": "register-client", "client": self._watch, "reply": False, "versions": {}}
        await self._client.write(hello, serializers=["msgpack"])

    async def _register(self, where: str, plugin: bytes) -> None:
        """Raises RefusedError."""
        call = getattr(self._scheduler, f"register_{where}_plugin")
        try:
            async with asyncio.timeout(CALL_S):
                answer = await call(plugin=plugin, name=self._watch, idempotent=False)
        except TimeoutError:
            raise
        except Exception as error:
            raise RefusedError(f"The {where} did not take the plugin: {_reason(error)}") from error
        if isinstance(answer, dict):
            failed = [one for one in answer.values() if isinstance(one, dict) and one.get("status") == "error"]
            if failed:
                text = str(failed[0].get("exception_text") or failed[0].get("text") or "it does not say why")
                raise RefusedError(f"The {where} did not take the plugin: {text[:_LONGEST_REASON]}")

    async def _measure_clock(self) -> None:
        best: tuple[int, int, int] | None = None
        call = getattr(self._scheduler, f"{self._watch}_clock")
        for _ in range(_EXCHANGES):
            before = time.perf_counter_ns()
            async with asyncio.timeout(CALL_S):
                there = await call()
            after = time.perf_counter_ns()
            if best is None or after - before < best[0]:
                best = after - before, there, (before + after) // 2
        assert best is not None
        self._journal.scheduler_clock(best[2] - best[1], (best[0] + 1) // 2)

    async def _take(self, wait_s: float) -> int:
        """One call for what is new; how many entries came. A scheduler that does not answer is noted, and asked again."""
        call = getattr(self._scheduler, f"{self._watch}_take")
        try:
            async with asyncio.timeout(CALL_S):
                answer = await call(since=self._since, wait_s=wait_s)
        except TimeoutError:
            if self._answers:
                self._answers = False
                self._journal.scheduler_answers(False, self._answered_ns)
            return 0
        except OSError:  # the connection broke; if the scheduler is gone, that of the client breaks as well
            await asyncio.sleep(0.1)
            return 0
        self._answered_ns = time.perf_counter_ns()
        if not self._answers:
            self._answers = True
            self._journal.scheduler_answers(True, self._answered_ns)
        self._journal.dropped(answer["dropped"])
        entries = answer["entries"]
        for entry in entries[max(0, self._since - answer["first"]) :]:
            self._closing |= entry[0] == "closing"
            with suppress(ValueError, TypeError, KeyError):  # the rest of the entries may be sound
                self._journal.take(list(entry))
        self._since = answer["first"] + len(entries)
        return len(entries)

    async def _connection_ends(self) -> None:
        """Returns when the connection as a client ends."""
        try:
            while True:
                await self._client.read(deserializers=["msgpack"])
        except OSError:
            return

    async def _leave(self) -> None:
        """Take our part out of the cluster. The scheduler's side goes on with that when we are gone."""
        why = "The scheduler did not confirm it in time"
        try:
            with suppress(TimeoutError):  # a worker's last events come with that
                async with asyncio.timeout(_LEAVING_S):
                    await self._scheduler.unregister_worker_plugin(name=self._watch)
            await asyncio.sleep(_PACE_S)
            async with asyncio.timeout(2 * _LEAVING_S):
                await self._take(0.05)
                if await getattr(self._scheduler, f"{self._watch}_leave")():
                    why = ""
        except TimeoutError:
            pass
        except Exception as error:
            why = _reason(error)
        self._journal.state(Watch.STAYS if why else Watch.LEFT, why)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip(": ")[:_LONGEST_REASON]


def _refuse_pickles(*arguments: Any, **options: Any) -> NoReturn:
    raise RefusedError("It sent a pickle, which is not opened.")


async def _watch(folder: Path, address: str, seconds: float) -> int:
    journal = ClusterJournal(folder)
    bridge = Bridge(address, journal)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, bridge.over.set)
    if seconds:
        loop.call_later(seconds, bridge.over.set)
    try:
        try:
            await bridge.attach()
        except Exception as error:
            if isinstance(error, RefusedError | OSError):
                why = "The scheduler did not answer in time" if isinstance(error, TimeoutError) else str(error)
            else:
                why = f"Its answers are not those of a Dask scheduler ({_reason(error)})"
            journal.state(Watch.REFUSED, why)
            print(f"The cluster at {address} cannot be watched. {why.rstrip('.')}.", file=sys.stderr, flush=True)
            return REFUSED
        print(f"Watching {address}", flush=True)
        return await bridge.follow()
    finally:
        await bridge.close()


def main(arguments: list[str]) -> int:
    """Carry out one watch."""
    # Dask opens pickles that come in any message, whichever serializers are asked for.
    distributed.protocol.pickle.loads = _refuse_pickles
    logging.disable(logging.CRITICAL)  # it logs each of them; what is wrong is said in one sentence
    return asyncio.run(_watch(Path(arguments[1]), arguments[2], float(arguments[3])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
