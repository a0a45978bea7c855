"""The plugins that watch a Dask cluster from inside. Their text runs in the scheduler, the workers and the nannies.

Never imported here. It is for CPython 3.9 or newer, and takes nothing but the standard library and what every Dask process has.
What is sent is plain numbers, texts and lists. All times are readings of `time.perf_counter_ns` in the process that sends them.
`watch` is the name of one watch, which each thing carries that is left in the cluster until the watch ends.
"""

import asyncio
import mmap
import os
import struct
import tempfile
import time
from collections import deque
from typing import Any

import msgpack  # type: ignore[import-untyped]
from distributed.diagnostics.plugin import NannyPlugin, SchedulerPlugin, WorkerPlugin

_now = time.perf_counter_ns
_SEGMENT, _SEGMENTS = 256 << 10, 4
_HEAD = struct.Struct("<QQ")
_MOST_BYTES = 64 << 20  # of what the watcher has not taken yet
_SOON_NS = 50_000_000  # batches that cost no message of their own may follow each other so fast,
_OFTEN_S = 0.05  # unless there are so many workers that the others come more rarely than this
_LIMIT_S = 3.0
_LEASE_S = 30.0  # a watcher that asks for nothing so long is gone, even if its connection still stands
_EXCHANGES = 12
_CLOCKS_EVERY_S = 30.0
_SILENT_S = 3.0
_LEAVING_S = 0.8
_EVENTS = (
    "-events"  # behind the name of the watch; the name alone is the topic in which Dask notes a client of that name
)
_PREPARING = {"disk-read": 1, "disk-write": 2, "deserialize": 3}
_STAYS = ("executing", "long-running", "cancelled", "resumed")


def _after_colon(address: Any) -> str:
    return str(address).rsplit(":", 1)[-1]


class SchedulerSide(SchedulerPlugin):  # type: ignore[misc]
    """Keeps what was seen until the watcher takes it, measures the workers' clocks, and leaves when the watcher is gone."""

    idempotent = False

    def __init__(self, watch: str) -> None:
        self.watch = self.name = watch

    async def start(self, scheduler: Any) -> None:
        """Begin. What is there already is reported first."""
        self.scheduler = scheduler
        self.entries: Any = deque()
        self.first = self.held = self.dropped = 0
        self.left = False
        self.leaving: Any = None
        self.taken = _now()
        self.news = asyncio.Event()
        self.silent: dict[str, bool] = {}
        self.tasks: list[Any] = []
        scheduler.handlers[self.watch + "_take"] = self.take
        scheduler.handlers[self.watch + "_clock"] = self.clock
        scheduler.handlers[self.watch + "_leave"] = self.leave
        for address in list(scheduler.workers):
            self.note_worker(address, True)
        self.go(self.look_around())

    def go(self, work: Any) -> None:
        """Do something meanwhile."""
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.ensure_future(work))

    async def close(self) -> None:
        """The scheduler ends in good order."""
        self.put(["closing", _now()], 20)
        await asyncio.sleep(0.2)

    def put(self, entry: Any, size: int) -> None:
        """Keep an entry. size: about how many bytes it takes."""
        self.entries.append((entry, size))
        self.held += size
        while self.held > _MOST_BYTES:
            self.forget()
            self.dropped += 1
        self.news.set()

    def forget(self) -> None:
        """Drop the oldest entry."""
        self.held -= self.entries.popleft()[1]
        self.first += 1

    async def take(self, since: int = 0, most: int = 2 << 20, wait_s: float = 1.0) -> Any:
        """The entries from number `since` on; those before it have arrived, and are dropped."""
        self.taken = _now()
        while self.entries and self.first < since:
            self.forget()
        if not self.entries:
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), wait_s)
            except TimeoutError:
                pass
        found, size = [], 0
        for entry, one in self.entries:
            found.append(entry)
            size += one
            if size > most:
                break
        return {"first": self.first, "entries": found, "dropped": self.dropped}

    async def clock(self) -> int:
        """This process's clock."""
        return _now()

    def log_event(self, topic: Any, msg: Any) -> None:
        """A batch of events of a worker, or a nanny's word of a death."""
        if topic != self.watch + _EVENTS:
            return
        self.put(["events", _now(), msg], 100 + 80 * len(msg["ev"]))
        if "joined" in msg:
            self.go(self.measure(msg["w"]))

    def add_worker(self, scheduler: Any, worker: str) -> None:
        """A worker joined the cluster."""
        self.note_worker(worker, False)

    def note_worker(self, address: str, before: bool) -> None:
        """Report a worker. before: it was there before the watch."""
        one = self.scheduler.workers[address]
        self.put(
            [
                "worker",
                _now(),
                address,
                one.pid,
                str(one.name),
                one.nthreads,
                one.nanny or "",
                str(one.host),
                bool(before),
            ],
            200,
        )

    def remove_worker(self, scheduler: Any, worker: str, **more: Any) -> None:
        """A worker left the cluster."""
        self.silent.pop(worker, None)
        self.put(["left", _now(), worker, str(more.get("stimulus_id", ""))], 120)

    def remove_client(self, scheduler: Any, client: str) -> None:
        """A client is gone; if it was the watcher, so are we."""
        if client == self.watch:
            self.go(self.leave())

    async def measure(self, address: str) -> None:
        """How far a worker's clock is from this one: of several exchanges the shortest bounds it."""
        best = None
        remote = self.scheduler.rpc(address)
        try:
            for _ in range(_EXCHANGES):
                before = _now()
                there = await asyncio.wait_for(getattr(remote, self.watch + "_clock")(), _LIMIT_S)
                after = _now()
                if best is None or after - before < best[0]:
                    best = (after - before, there, (before + after) // 2)
        except Exception:
            pass  # it is busy or gone: what was measured so far holds
        if best is not None:
            # A worker's reading plus the difference is ours; half of the way there and back is the most that it may be off.
            self.put(["clock", _now(), address, best[2] - best[1], (best[0] + 1) // 2], 100)

    async def look_around(self) -> None:
        """Once a second: workers that send no heartbeats, the clocks from time to time, and whether anyone still watches."""
        measured = _now()
        while not self.left:
            await asyncio.sleep(1.0)
            if _now() - self.taken > _LEASE_S * 1e9:
                await self.leave()
                return
            workers = self.scheduler.workers
            limit = max(
                _SILENT_S, 4 * (0.5 if len(workers) <= 10 else 2 if len(workers) < 200 else len(workers) / 200 + 1)
            )
            wall = time.time()
            for address, one in list(workers.items()):
                ago = wall - one.last_seen
                if (ago > limit) != self.silent.get(address, False):
                    self.silent[address] = ago > limit
                    self.put(["silent" if ago > limit else "heard", _now(), address, int(ago * 1e9)], 100)
            if _now() - measured > _CLOCKS_EVERY_S * 1e9:
                for address in list(workers):
                    await self.measure(address)
                measured = _now()

    async def leave(self) -> bool:
        """Take everything of this watch out of the cluster. Whether all of it is out by now; else that goes on."""
        if self.leaving is None:
            self.left = True
            self.leaving = asyncio.ensure_future(self.take_out())
            self.go(self.forget_last_words())
        await asyncio.wait({self.leaving}, timeout=_LEAVING_S)
        return bool(self.leaving.done())

    async def take_out(self) -> None:
        """Take out the plugins and handlers."""
        scheduler, watch = self.scheduler, self.watch
        for how in (scheduler.unregister_worker_plugin, scheduler.unregister_nanny_plugin):
            try:
                await how(comm=None, name=watch)
            except Exception:
                pass  # it is out already
        for what in ("_take", "_clock", "_leave"):
            scheduler.handlers.pop(watch + what, None)
        scheduler.plugins.pop(watch, None)
        self.entries.clear()
        self.forget_topic()

    async def forget_last_words(self) -> None:
        """The last words of workers may arrive after they were asked to leave."""
        await self.leaving
        for wait_s in (0.2, 2.0, 10.0):
            await asyncio.sleep(wait_s)
            self.forget_topic()

    def forget_topic(self) -> None:
        """Drop what the scheduler keeps of logged events. Where it keeps them elsewhere, at most 1,000 of them stay."""
        topics = getattr(getattr(self.scheduler, "_broker", None), "_topics", None)
        if topics is not None:
            topics.pop(self.watch + _EVENTS, None)
            topics.pop(self.watch, None)


class Tail:
    """The last batches of events, in memory that outlives the process: segments by turns, each a number, a length, events."""

    def __init__(self, path: str) -> None:
        self.path = path
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(
                    number, 0, _SEGMENT * _SEGMENTS
                )  # a full disk is an error here, and not a SIGBUS later
            else:
                os.ftruncate(number, _SEGMENT * _SEGMENTS)
            self.memory = mmap.mmap(number, _SEGMENT * _SEGMENTS)
        finally:
            os.close(number)
        self.begin(1)

    def begin(self, number: int) -> None:
        """Begin a batch."""
        self.at = (number % _SEGMENTS) * _SEGMENT
        self.number, self.length = number, 0
        _HEAD.pack_into(self.memory, self.at, number, 0)

    def add(self, data: bytes) -> None:
        """Add an event to the batch. One without room is left out."""
        end = self.length + len(data)
        if end <= _SEGMENT - _HEAD.size:
            start = self.at + _HEAD.size
            self.memory[start + self.length : start + end] = data
            self.length = end
            _HEAD.pack_into(self.memory, self.at, self.number, end)

    def close(self) -> None:
        """Remove it."""
        self.memory.close()
        os.unlink(self.path)


def _salvaged(path: str) -> list[Any]:
    """The batches of a dead process, by number; the file is removed."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        os.unlink(path)
    except OSError:
        return []
    found = []
    for segment in range(len(data) // _SEGMENT):
        at = segment * _SEGMENT
        number, length = _HEAD.unpack_from(data, at)
        if number and length:
            unpacker = msgpack.Unpacker(use_list=True, strict_map_key=False)
            unpacker.feed(data[at + _HEAD.size : at + _HEAD.size + length])
            found.append((number, list(unpacker)))
    return sorted(found)


def _born_ns() -> int:
    """When this process was born, on its own clock; 0 where the system does not say."""
    try:
        with open("/proc/self/stat") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        ago_s = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return _now() - int(ago_s * 1e9)
    except (OSError, AttributeError, ValueError):
        return 0


class WorkerSide(WorkerPlugin):  # type: ignore[misc]
    """Notes what a worker does, and sends it in batches."""

    idempotent = False

    def __init__(self, watch: str, every_s: float, usage_every_s: float) -> None:
        self.watch = self.name = watch
        self.every_ns = int(every_s * 1e9)
        self.soon_ns = min(self.every_ns, _SOON_NS) if every_s <= _OFTEN_S else self.every_ns
        self.usage_every_s = usage_every_s

    async def setup(self, worker: Any) -> None:
        """Begin, with the tasks that run already."""
        self.worker = worker
        self.events: list[Any] = []
        self.number = 0
        self.flushed = _now()
        self.due = False
        self.running: dict[Any, Any] = {}  # by key: run, slot, begin, the scheduler's delay then
        self.tail: Any = None
        self.disk = self.disk_counts()
        log = worker.transfer_incoming_log
        self.last_transfer = log[-1] if log else None
        self.loop = asyncio.get_running_loop()
        try:
            name = f"{self.watch}-{_after_colon(worker.nanny)}-{os.getpid()}"
            self.tail = Tail(os.path.join(tempfile.gettempdir(), name))
        except (OSError, AttributeError, ValueError):
            pass  # then the last batch of a worker that is killed is lost, and counted
        worker.handlers[self.watch + "_clock"] = self.clock
        worker.log_event(
            self.watch + _EVENTS,
            {"w": worker.address, "pid": os.getpid(), "seq": 0, "joined": _born_ns(), "ev": []},
        )
        wall_ns = time.time_ns() - _now()
        for task in [*worker.state.executing, *worker.state.long_running]:
            began = int(task.start_time * 1e9) - wall_ns if task.start_time else _now()
            self.begin(task, task.key, began)
        self.usage_timer = self.loop.call_later(self.usage_every_s, self.note_usage)

    async def clock(self) -> int:
        """This process's clock."""
        return _now()

    def add(self, event: Any) -> None:
        """Note an event. It is sent a moment later, with others."""
        self.events.append(event)
        if self.tail is not None:
            self.tail.add(msgpack.packb(event))
        if not self.due:
            self.due = True
            self.loop.call_later(self.every_ns / 1e9, self.flush)

    def begin(self, task: Any, key: Any, began: int) -> None:
        """A task began, in the first slot that is free."""
        used = {one[1] for one in self.running.values()}
        slot = next(number for number in range(1, len(used) + 2) if number not in used)
        run = -1 if task is None else task.run_id
        self.running[key] = (run, slot, began, self.worker.scheduler_delay)
        self.add(["S", began, str(key), run, slot])

    def transition(self, key: Any, start: str, finish: str, **more: Any) -> None:
        """A task changed its state."""
        if finish == "executing" and key not in self.running:
            self.begin(self.worker.state.tasks.get(key), key, _now())
        elif key in self.running and finish not in _STAYS:
            self.end(key, finish)
        elif start == "flight":
            self.add_transfers()

    def end(self, key: Any, finish: str) -> None:
        """A task ended. What a thread did it measured itself, more exactly than this thread can see it."""
        run, slot, began, delay = self.running.pop(key)
        ended = _now()
        task = self.worker.state.tasks.get(key)
        t0, t1, error, size = began, ended, "", -1
        if task is not None:
            steps = [step for step in task.startstops if step["action"] == "compute"]
            if steps:
                wall_ns = time.time_ns() - ended
                t0 = int((steps[-1]["start"] - delay) * 1e9) - wall_ns
                t1 = int((steps[-1]["stop"] - delay) * 1e9) - wall_ns
                if not began <= t0 <= t1 <= ended:
                    t0, t1 = min(max(began, t0), ended), max(began, min(t1, ended))
                    t1 = max(t0, t1)
            if finish == "error":
                error = str(task.exception_text or "error").partition("(")[0][:100]
            elif finish == "memory" and task.nbytes is not None:
                size = task.nbytes
            self.add_preparations(task, str(key), began, ended)
        self.add(["E", ended, str(key), run, slot, finish, t0, t1, error, size])
        if ended - self.flushed > self.soon_ns:
            self.flush()  # now it takes the way of the word that the task is finished, and costs no message of its own

    def add_preparations(self, task: Any, key: str, began: int, ended: int) -> None:
        """Note the use of the disk for a task, and the opening of its pickle. Dask notes only what took more than 5 ms."""
        for step in task.startstops:
            if step["action"] in _PREPARING:
                wall_ns = time.time_ns() - _now()
                t0, t1 = int(step["start"] * 1e9) - wall_ns, int(step["stop"] * 1e9) - wall_ns
                if t0 < ended and t1 > began:  # what came before is of an attempt before
                    self.add(["P", max(began, t0), min(t1, ended), key, _PREPARING[step["action"]]])

    def add_transfers(self) -> None:
        """Note what was fetched from other workers since."""
        log, new = self.worker.transfer_incoming_log, []
        for one in reversed(log):
            if one is self.last_transfer:
                break
            new.append(one)
        if not new:
            return
        self.last_transfer = log[-1]
        wall_ns = time.time_ns() - _now() + int(self.worker.scheduler_delay * 1e9)
        for one in reversed(new):
            t0, t1 = int(one["start"] * 1e9) - wall_ns, int(one["stop"] * 1e9) - wall_ns
            self.add(["T", t0, max(t0, t1), str(one["who"]), int(one["total"]), len(one["keys"])])

    def disk_counts(self) -> tuple[int, int, int, int]:
        """How often, and how many bytes, the worker wrote to disk and read from there."""
        counts = getattr(self.worker.data, "cumulative_metrics", None) or {}
        return tuple(
            int(counts.get((what, unit), 0)) for what in ("disk-write", "disk-read") for unit in ("count", "bytes")
        )  # type: ignore[return-value]

    def note_disk(self) -> None:
        """Note what was written to disk and read from there since."""
        counts = self.disk_counts()
        if counts != self.disk:
            new = [now - before for now, before in zip(counts, self.disk)]  # noqa: B905 - 3.9 has no `strict`
            self.disk = counts
            self.add(["D", _now(), *new])

    def note_usage(self) -> None:
        """Note CPU time and memory, from time to time."""
        self.usage_timer = self.loop.call_later(self.usage_every_s, self.note_usage)
        try:
            memory = int(self.worker.monitor.get_process_memory())
        except Exception:
            memory = 0
        self.add(["U", _now(), time.process_time_ns(), memory])

    def flush(self) -> None:
        """Send what was noted."""
        self.due = False
        self.note_disk()
        if not self.events:
            return
        events, self.events = self.events, []
        self.number += 1
        if self.tail is not None:
            self.tail.begin(self.number + 1)
        self.flushed = _now()
        self.worker.log_event(
            self.watch + _EVENTS, {"w": self.worker.address, "pid": os.getpid(), "seq": self.number, "ev": events}
        )

    def teardown(self, worker: Any) -> None:
        """The watch or the worker ends."""
        self.usage_timer.cancel()
        if "clos" in str(worker.status):
            self.add(["X", _now()])
        self.flush()
        self.due = True  # a timer that is set finds nothing
        worker.handlers.pop(self.watch + "_clock", None)
        if self.tail is not None:
            tail, self.tail = self.tail, None
            tail.close()


class NannySide(NannyPlugin):  # type: ignore[misc]
    """Tells how a worker process ended, and sends what that could not send itself."""

    restart = False
    idempotent = False

    def __init__(self, watch: str) -> None:
        self.watch = self.name = watch

    def setup(self, nanny: Any) -> None:
        """Begin. Where nannies have no such hook any more, deaths have no exit codes."""
        self.nanny = nanny
        self.inner = getattr(nanny, "_on_worker_exit_sync", None)
        if self.inner is None:
            return
        nanny._on_worker_exit_sync = self.on_exit
        if nanny.process is not None:
            nanny.process.on_exit = self.on_exit
        nanny.log_event(self.watch + _EVENTS, {"w": "", "n": nanny.address, "pid": 0, "watches": True, "ev": []})

    def on_exit(self, code: Any) -> Any:
        """A worker process ended."""
        ended = _now()
        try:
            self.report(ended, code)
        except Exception:
            pass  # the nanny's own work comes first
        return self.inner and self.inner(code)

    def report(self, ended: int, code: Any) -> None:
        """Send what the dead process left, and the exit code."""
        nanny, folder = self.nanny, tempfile.gettempdir()
        start, pid = f"{self.watch}-{_after_colon(nanny.address)}-", 0
        for name in os.listdir(folder):
            if name.startswith(start):
                pid = int(name[len(start) :])
                for number, events in _salvaged(os.path.join(folder, name)):
                    nanny.log_event(
                        self.watch + _EVENTS,
                        {"w": "", "n": nanny.address, "pid": pid, "seq": number, "salvaged": 1, "ev": events},
                    )
        ends = {"w": "", "n": nanny.address, "pid": pid, "exit": int(code), "t": ended, "ev": []}
        nanny.log_event(self.watch + _EVENTS, ends)

    def teardown(self, nanny: Any) -> None:
        """The watch ends."""
        if self.inner is not None:
            nanny._on_worker_exit_sync = self.inner
            if nanny.process is not None:
                nanny.process.on_exit = self.inner
