"""Traces as other programs write them, small and made by hand after what each is known to write. Runs in the test's process.

Each says what is in it; what makes it that program's is in the fields: what it leaves out, what is text, how times are written.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Produced:
    """A trace and what it holds. processes: names in the order of the lanes; tracks: (process, track) of all that have
    anything; arrows: (track, track)."""

    content: str
    processes: tuple[str, ...]
    tracks: frozenset[tuple[str, str]]
    spans: int
    marks: int = 0
    flows: int = 0
    counters: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    arrows: tuple[tuple[str, str], ...] = ()


def viztracer() -> Produced:
    """Metadata first, complete events whose `fee` names carry file and line, times from a machine's clock with three decimals,
    counters of the collector, and facts about files behind the events."""
    head = {"pid": 4400, "tid": 4400}
    events: list[Event] = [
        {"ph": "M", **head, "name": "process_name", "args": {"name": "MainProcess"}},
        {"ph": "M", **head, "name": "thread_name", "args": {"name": "MainThread"}},
        {"ph": "M", "pid": 4401, "tid": 4401, "name": "process_name", "args": {"name": "SpawnPoolWorker-1"}},
        {"ph": "M", "pid": 4401, "tid": 4401, "name": "thread_name", "args": {"name": "MainThread"}},
        {"ph": "M", "pid": 4401, "tid": 4409, "name": "thread_name", "args": {"name": "side"}},
    ]
    for n in range(40):
        tid = 4400 if n % 2 else 4401
        at = 1047048110.316 + n * 10
        events += [
            {
                "pid": tid,
                "tid": tid,
                "ts": round(at + 1.001, 3),
                "ph": "X",
                "cat": "fee",
                "dur": 0.715,
                "name": "abs (x.py:2)",
            },
            {
                "pid": tid,
                "tid": tid,
                "ts": round(at, 3),
                "ph": "X",
                "cat": "fee",
                "dur": 4.999,
                "name": "fib (/w/x.py:2)",
            },
        ]
    events += [
        {"pid": 4401, "tid": 4409, "ts": 1047048120.5, "ph": "X", "cat": "fee", "dur": 1.25, "name": "run (t.py:9)"},
        {
            "ph": "C",
            "pid": 4400,
            "tid": 4400,
            "ts": 1047048130.0,
            "name": "Garbage Collection",
            "args": {"collecting": 1},
        },
        {
            "ph": "C",
            "pid": 4400,
            "tid": 4400,
            "ts": 1047048131.0,
            "name": "Garbage Collection",
            "args": {"collecting": 0},
        },
        {
            "ph": "i",
            "pid": 4400,
            "tid": 4400,
            "ts": 1047048140.0,
            "name": "logged",
            "cat": "instant",
            "s": "g",
            "args": {},
        },
    ]
    whole = {"traceEvents": events, "viztracer_metadata": {"version": "1.1.1", "overflow": False},
             "file_info": {"files": {"/w/x.py": ['def fib(n):\n    "}]"\n', 2]}, "functions": {"fib": ["/w/x.py", 2]}}}  # fmt: skip
    tracks = {("MainProcess", "MainThread"), ("SpawnPoolWorker-1", "MainThread"), ("SpawnPoolWorker-1", "side"),
              ("SpawnPoolWorker-1", "whole trace")}  # fmt: skip
    return Produced(json.dumps(whole), ("SpawnPoolWorker-1", "MainProcess"), frozenset(tracks), 81, 1, counters=2)


def py_spy() -> Produced:
    """An array of begins and ends, each thread within a frame of its process, times from the beginning, no names of threads."""
    events: list[Event] = []
    for tid in (140622614772608, 140622603773696):

        def frame(phase: str, name: str, ts: int, tid: int = tid) -> Event:
            return {"args": {"filename": "/w/x.py", "line": 6}, "cat": "py-spy", "name": name, "ph": phase, "pid": 2252,
                    "tid": tid, "ts": ts}  # fmt: skip

        events.append(frame("B", 'process 2252:"python work.py"', 9198))
        for n in range(5):
            events += [frame("B", "<module>", 9198 + n * 100), frame("B", "fib", 9198 + n * 100)]
            events += [frame("E", "fib", 9258 + n * 100), frame("E", "<module>", 9298 + n * 100)]
        events.append(frame("E", 'process 2252:"python work.py"', 9698))
    tracks = {("process 2252", f"thread {tid}") for tid in (140622614772608, 140622603773696)}
    return Produced(json.dumps(events), ("process 2252",), frozenset(tracks), 22)


def ray() -> Produced:
    """An array whose processes are addresses of nodes and whose threads are kinds of workers with long ids, all text; times
    since the epoch, colours, phases of one task within another."""
    worker = "worker:96f54eca0b9c3d02e481a0efee70f282fbf5e306ed6457a62924565f"
    head = {"pid": "192.0.2.2", "tid": worker, "ph": "X"}
    base = 1795646898197243
    events: list[Event] = []
    for n in range(4):
        at = base + n * 60_000
        events += [
            {"cat": "task:deserialize_arguments", "name": "task:deserialize_arguments", **head, "ts": at + 10.0, "dur": 171.173,
             "cname": "rail_load", "args": {}},
            {"cat": "task:execute", "name": "task:execute", **head, "ts": at + 190.25, "dur": 50171.5, "cname": "rail_animation",
             "args": {}},
            {"cat": "task::f", "name": "task::f", **head, "ts": at, "dur": 50500.125, "cname": "generic_work",
             "args": {"task_id": "c8ef45ccd0112571ffffffff", "job_id": "01000000"}},
        ]  # fmt: skip
    events += [
        {
            "cat": "task::g",
            "name": "task::g",
            "pid": "192.0.2.3",
            "tid": "driver:01",
            "ph": "X",
            "ts": float(base),
            "dur": 3.5,
        },
        {"name": "process_name", "ph": "M", "pid": "192.0.2.3", "args": {"name": "Node 192.0.2.3"}},
        {"name": "thread_name", "ph": "M", "pid": "192.0.2.3", "tid": "driver:01", "args": {"name": "driver"}},
    ]
    tracks = {("192.0.2.2", worker), ("Node 192.0.2.3", "driver")}
    return Produced(json.dumps(events), ("192.0.2.2", "Node 192.0.2.3"), frozenset(tracks), 13)


def chromium() -> Produced:
    """An object with metadata of the browser around: threads and titles of pages as labels, stripped arguments, thread times,
    operations with ids of a process or of all, arrows bound by ids, objects, memory dumps, samples, and a clock's beginning."""
    browser, renderer = {"pid": 900, "tid": 900}, {"pid": 950, "tid": 951}
    meta = {"cat": "__metadata", "ph": "M", "ts": 0}
    events: list[Event] = [
        {**meta, **browser, "name": "process_name", "args": {"name": "Browser"}},
        {**meta, **browser, "name": "thread_name", "args": {"name": "CrBrowserMain"}},
        {**meta, **browser, "name": "process_sort_index", "args": {"sort_index": -6}},
        {**meta, **browser, "name": "num_cpus", "args": {"number": 8}},
        {**meta, **renderer, "name": "process_name", "args": {"name": "Renderer"}},
        {**meta, **renderer, "name": "process_sort_index", "args": {"sort_index": -5}},
        {**meta, **renderer, "name": "process_labels", "args": {"labels": "A page"}},
        {**meta, **renderer, "name": "thread_name", "args": {"name": "CrRendererMain"}},
        {**meta, **renderer, "name": "process_uptime_seconds", "args": {"uptime": "7"}},
        {"args": "__stripped__", "cat": "toplevel", "dur": 40, "name": "ThreadPool", "ph": "X", **browser, "tdur": 39, "ts": 54500,
         "tts": 900, "bind_id": "0xfe90", "flow_out": True},
        {"args": {"src": "x.cc"}, "cat": "toplevel", "dur": 9, "name": "Run", "ph": "X", **renderer, "tdur": 8, "ts": 54600,
         "tts": 100, "bind_id": "0xfe90", "flow_in": True},
        {"args": {}, "cat": "blink", "name": "Layout", "ph": "B", **renderer, "ts": 54700, "tts": 101},
        {"args": {"end": 1}, "cat": "blink", "name": "Layout", "ph": "E", **renderer, "ts": 54750, "tts": 151},
        {"args": {"data": {}}, "cat": "devtools.timeline", "name": "ParseHTML", "ph": "X", **renderer, "ts": 54800},
        {"args": {}, "cat": "netlog", "id2": {"local": "0x7"}, "name": "REQUEST", "ph": "b", **browser, "ts": 54510, "scope": "net"},
        {"args": {}, "cat": "netlog", "id2": {"local": "0x7"}, "name": "HEADERS", "ph": "n", **browser, "ts": 54520, "scope": "net"},
        {"args": {}, "cat": "netlog", "id2": {"local": "0x7"}, "name": "REQUEST", "ph": "e", **browser, "ts": 54590, "scope": "net"},
        {"args": {}, "cat": "navigation", "id2": {"global": "0x9"}, "name": "Navigate", "ph": "b", **browser, "ts": 54500},
        {"args": {}, "cat": "navigation", "id2": {"global": "0x9"}, "name": "Navigate", "ph": "e", **renderer, "ts": 54900},
        {"args": {}, "cat": "ipc", "id": "0x1f", "name": "Send", "ph": "s", **browser, "ts": 54505},
        {"args": {}, "cat": "ipc", "id": "0x1f", "name": "Send", "ph": "f", "bp": "e", **renderer, "ts": 54605},
        {"args": {}, "cat": "old", "id": "0x2", "name": "Task", "ph": "S", **browser, "ts": 54500},
        {"args": {"step": "half"}, "cat": "old", "id": "0x2", "name": "Task", "ph": "T", **browser, "ts": 54505},
        {"args": {}, "cat": "old", "id": "0x2", "name": "Task", "ph": "F", **browser, "ts": 54510},
        {"args": {}, "cat": "loading", "name": "firstPaint", "ph": "R", **renderer, "ts": 54888},
        {"args": {}, "cat": "input", "name": "Frame", "ph": "I", "s": "t", **renderer, "ts": 54889},
        {"args": {"value": 12}, "cat": "cc", "id": "0x5", "name": "Layers", "ph": "C", **renderer, "ts": 54890},
        {"args": {"cpu_profile": {}}, "cat": "cpu_profiler", "id": "0x2", "name": "ProfileChunk", "ph": "P", **renderer, "ts": 54891},
        {"cat": "cc", "id": "0x5a", "name": "LayerTree", "ph": "N", **renderer, "ts": 54500},
        {"args": {"snapshot": {}}, "cat": "cc", "id": "0x5a", "name": "LayerTree", "ph": "O", **renderer, "ts": 54600},
        {"cat": "cc", "id": "0x5a", "name": "LayerTree", "ph": "D", **renderer, "ts": 54700},
        {"args": {"dumps": {}}, "cat": "memory-infra", "id": "0x3", "name": "periodic", "ph": "v", **browser, "ts": 54892},
        {"args": {"dumps": {}}, "cat": "memory-infra", "id": "0x3", "name": "global", "ph": "V", **browser, "ts": 54892},
        {"args": {"sync_id": "a", "issue_ts": 1}, "cat": "__metadata", "name": "clock_sync", "ph": "c", **browser, "ts": 54893},
    ]  # fmt: skip
    whole = {"traceEvents": events, "stackFrames": {"1": {"name": "main"}, "2": {"name": "f", "parent": "1"}},
             "metadata": {"clock-domain": "LINUX_CLOCK_MONOTONIC", "command_line": "chrome --x=\"]}\"", "product": "C/1"},
             "systemTraceEvents": "# tracer: nop\n#\n  <idle>-0 [000] d..2 1.0: sched_switch: }]\n"}  # fmt: skip
    tracks = {("Browser", "CrBrowserMain"), ("Browser", "netlog"), ("Browser", "old"), ("Browser", "navigation"),
              ("Renderer", "CrRendererMain")}  # fmt: skip
    skipped = {"sample": 1, "object": 3, "memory dump": 2, "clock synchronisation": 1}
    arrows = (("CrBrowserMain", "CrRendererMain"),) * 2
    return Produced(json.dumps(whole), ("Browser", "Renderer"), frozenset(tracks), 7, 4, 2, 1, skipped, arrows)


def node() -> Produced:
    """One object, every event with thread times and a duration of 0 whatever its kind, operations with ids of a few digits."""
    head = {"pid": 2254, "tid": 2254}
    none = {"dur": 0, "tdur": 0}
    events: list[Event] = [
        {**head, "ts": 1009345112, "tts": 52910, "ph": "M", "cat": "__metadata", "name": "process_name", **none,
         "args": {"name": "node"}},
        {**head, "ts": 1009345112, "tts": 52910, "ph": "M", "cat": "__metadata", "name": "version", **none,
         "args": {"node": "20.20.2"}},
        {**head, "ts": 1009345112, "tts": 52910, "ph": "M", "cat": "__metadata", "name": "thread_name", **none,
         "args": {"name": "JavaScriptMainThread"}},
        {**head, "ts": 1009345954, "tts": 53655, "ph": "X", "cat": "v8", "name": "V8.DeserializeIsolate", "dur": 8942, "tdur": 8928,
         "args": {}},
        {**head, "ts": 1009355209, "tts": 66196, "ph": "I", "cat": "node,node.bootstrap", "name": "environment", **none, "args": {}},
        {**head, "ts": 1009355260, "tts": 62946, "ph": "b", "cat": "node,node.environment", "name": "Environment", **none,
         "id": "0x1d991110", "args": {"args": {"exec_args": []}}},
        {**head, "ts": 1009362954, "tts": 70168, "ph": "B", "cat": "node,node.fs,node.fs.sync", "name": "fs.sync.lstat", **none,
         "args": {}},
        {**head, "ts": 1009362962, "tts": 70175, "ph": "E", "cat": "node,node.fs,node.fs.sync", "name": "fs.sync.lstat", **none,
         "args": {}},
        {**head, "ts": 1009391600, "tts": 78530, "ph": "b", "cat": "node,node.console", "name": "time::x", **none, "id": "0x0",
         "args": {}},
        {**head, "ts": 1009391668, "tts": 78538, "ph": "e", "cat": "node,node.console", "name": "time::x", **none, "id": "0x0",
         "args": {}},
    ]  # fmt: skip
    tracks = {("node", "JavaScriptMainThread"), ("node", "node,node.environment"), ("node", "node,node.console")}
    return Produced(json.dumps({"traceEvents": events}), ("node",), frozenset(tracks), 4, 1)


def pytorch() -> Produced:
    """Properties of devices first, every process called python and told apart by its label, a GPU's streams as threads with a
    small number, arrows from a launch to its kernel, spans of processes that are text, and marks of none."""
    events: list[Event] = []
    for pid, label, order in ((7701, "CPU", 7701), (0, "GPU 0", 16777216), (1, "GPU 1", 16777217)):
        for name, args in (("process_name", {"name": "python"}), ("process_labels", {"labels": label}),
                           ("process_sort_index", {"sort_index": order})):  # fmt: skip
            events.append({"name": name, "ph": "M", "ts": 5000.0, "pid": pid, "tid": 0, "args": args})
    for pid, tid, name in ((7701, 7701, "thread 7701 (python)"), (0, 7, "stream 7 "), (1, 7, "stream 7 ")):
        events.append({"name": "thread_name", "ph": "M", "ts": 5000.0, "pid": pid, "tid": tid, "args": {"name": name}})
        events.append(
            {"name": "thread_sort_index", "ph": "M", "ts": 5000.0, "pid": pid, "tid": tid, "args": {"sort_index": tid}}
        )
    for n in range(3):
        at = 5100.125 + n * 100
        launch = {"cat": "ac2g", "name": "ac2g", "id": n + 1}
        gpu = n % 2
        events += [
            {"ph": "X", "cat": "cpu_op", "name": "aten::mm", "pid": 7701, "tid": 7701, "ts": at, "dur": 50.5,
             "args": {"External id": n, "Sequence number": n, "Record function id": 0}},
            {"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 7701, "tid": 7701, "ts": at + 10, "dur": 5.001,
             "args": {"External id": n, "cbid": 211, "correlation": n + 1}},
            {"ph": "s", **launch, "pid": 7701, "tid": 7701, "ts": at + 10},
            {"ph": "X", "cat": "kernel", "name": "void gemm<float, 4>(...)", "pid": gpu, "tid": 7, "ts": at + 30, "dur": 20,
             "args": {"device": gpu, "context": 1, "stream": 7, "correlation": n + 1, "grid": [1, 2, 3]}},
            {"ph": "f", **launch, "pid": gpu, "tid": 7, "ts": at + 30, "bp": "e"},
        ]  # fmt: skip
    events += [
        {"ph": "i", "cat": "cpu_instant_event", "s": "t", "name": "[memory]", "pid": 7701, "tid": 7701, "ts": 5110.5,
         "args": {"Total Allocated": 4096, "Bytes": 512, "Device Type": 0}},
        {"ph": "X", "cat": "Trace", "ts": 5099.0, "dur": 400.75, "pid": "Spans", "tid": "PyTorch Profiler",
         "name": "PyTorch Profiler (0)", "args": {"Op count": 0}},
        {"name": "process_sort_index", "ph": "M", "ts": 5099.0, "pid": "Spans", "tid": 0, "args": {"sort_index": 536870912}},
        {"name": "Iteration Start: PyTorch Profiler", "ph": "i", "s": "g", "pid": "Traces", "tid": "Trace PyTorch Profiler",
         "ts": 5099.0},
        {"name": "Record Window End", "ph": "i", "s": "g", "pid": "", "tid": "", "ts": 5500.25},
    ]  # fmt: skip
    whole = {"schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "GPU", "totalGlobalMem": 1 << 35}],
             "distributedInfo": {"backend": "nccl", "rank": 0, "world_size": 2}, "displayTimeUnit": "ms",
             "baseTimeNanoseconds": 1795646898000000000, "traceEvents": events, "traceName": "/w/trace.json"}  # fmt: skip
    names = "python (CPU)", "python (GPU 0)", "python (GPU 1)", "Spans"
    tracks = {(names[0], "thread 7701 (python)"), (names[1], "stream 7 "), (names[2], "stream 7 "),
              ("Spans", "PyTorch Profiler"), (names[0], "whole trace")}  # fmt: skip
    arrows = (("thread 7701 (python)", "stream 7 "),) * 3
    return Produced(json.dumps(whole, indent=2), names, frozenset(tracks), 10, 3, 3, arrows=arrows)


def dask() -> Produced:
    """Made from the scheduler's word: a worker's address as process and a number as thread, seconds since the epoch made
    microseconds; in another style begins and ends of a scheduler that is text and has no thread, tasks as operations."""
    events: list[Event] = []
    for n in range(6):
        start = 1795646898.25 + n * 0.5
        events.append({"name": "inc", "cat": "inc,compute", "ph": "X", "ts": start * 1e6, "dur": 0.4 * 1e6,
                       "pid": "tcp://127.0.0.1:40301", "tid": n % 2, "args": {"key": f"inc-{n}"}})  # fmt: skip
    at = 1795646898000000
    events += [
        {"name": "schedule", "ts": at, "ph": "B", "pid": "scheduler"},
        {"name": "schedule", "ts": at + 500, "ph": "E", "pid": "scheduler"},
        {"name": "compute-7", "ts": at + 100, "ph": "b", "pid": "worker-1", "id": "compute-7", "cat": "compute-task"},
        {"name": "compute-8", "ts": at + 150, "ph": "b", "pid": "worker-1", "id": "compute-8", "cat": "compute-task"},
        {"name": "compute-7", "ts": at + 300, "ph": "e", "pid": "worker-1", "id": "compute-7", "cat": "compute-task"},
        {"name": "compute-8", "ts": at + 400, "ph": "e", "pid": "worker-1", "id": "compute-8", "cat": "compute-task"},
    ]
    address = "tcp://127.0.0.1:40301"
    tracks = {(address, "thread 0"), (address, "thread 1"), ("scheduler", "thread"), ("worker-1", "compute-task")}
    return Produced(json.dumps(events), ("scheduler", "worker-1", address), frozenset(tracks), 9)


def catapult() -> Produced:
    """As in the description of the format: kinds that few write, such as contexts, marks of navigation, steps of arrows,
    several series in one counter, and stacks that events refer to."""
    head = {"pid": 22630, "tid": 22630}
    events: list[Event] = [
        {"name": "Asub", "cat": "PERF", "ph": "B", **head, "ts": 829}, {"name": "Asub", "cat": "PERF", "ph": "E", **head, "ts": 833},
        {"name": "dropped", "ph": "I", "s": "p", **head, "ts": 834}, {"name": "navigationStart", "ph": "R", **head, "ts": 830},
        {"name": "ctr", "ph": "C", "pid": 22630, "ts": 830, "args": {"cats": 0, "dogs": 7}},
        {"name": "ctr", "ph": "C", "pid": 22630, "ts": 835, "args": {"cats": 10, "dogs": 4}},
        {"name": "Renderer", "ph": "(", **head, "ts": 830, "id": "0x1234"}, {"name": "Renderer", "ph": ")", **head, "ts": 831,
         "id": "0x1234"}, {"name": "fn", "cat": "foo", "ph": "X", "ts": 829, "dur": 2, "pid": 22630, "tid": 22640, "sf": 7},
        {"name": "go", "cat": "c", "id": 5, "ph": "s", **head, "ts": 829},
        {"name": "go", "cat": "c", "id": 5, "ph": "t", "pid": 22630, "tid": 22640, "ts": 830},
        {"name": "go", "cat": "c", "id": 5, "ph": "f", **head, "ts": 833},
        {"name": "sampled", "ph": "P", **head, "ts": 831, "sf": 5}, {"ph": "B", **head, "ts": 836}, {"ph": "E", **head, "ts": 837},
    ]  # fmt: skip
    whole = {"traceEvents": events, "displayTimeUnit": "ns", "otherData": {"version": "My Application v1.0"},
             "stackFrames": {"5": {"name": "main", "category": "my app"}, "7": {"parent": 5, "name": "Fn"}}, "samples": []}  # fmt: skip
    arrows = ("thread 22630", "thread 22640"), ("thread 22640", "thread 22630")
    tracks = {("process 22630", name) for name in ("thread 22630", "thread 22640", "whole process")}
    return Produced(
        json.dumps(whole), ("process 22630",), frozenset(tracks), 3, 2, 2, 2, {"context": 2, "sample": 1}, arrows
    )


PRODUCERS: Iterable[Callable[[], Produced]] = (viztracer, py_spy, ray, chromium, node, pytorch, dask, catapult)
