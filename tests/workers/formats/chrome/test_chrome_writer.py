"""The written Chrome trace: every event keeps the rules of Perfetto's importer."""

import gzip
import io
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from support.builders import MS, joined_run, running_run, threaded_run
from support.perfetto import draw
from support.recording import recording, script

from workers.engines.programs import Program
from workers.errors import CancelledError
from workers.formats.chrome import chrome_writer
from workers.formats.chrome.chrome_reader import read
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.timeline.lanes import OPEN
from workers.timeline.model import Bookmark, CallName, ProcessKind
from workers.timeline.timeline import Timeline


def written(timeline: Timeline, *, compressed: bool = False) -> bytes:
    """The trace's bytes."""
    file = io.BytesIO()
    chrome_writer.write(timeline, file, compressed=compressed)
    return file.getvalue()


def events(timeline: Timeline, *phases: str) -> list[dict[str, Any]]:
    """The events of these phases, times in ns."""
    found = []
    for event in json.loads(written(timeline))["traceEvents"]:
        for key in ("ts", "dur"):
            if key in event:
                event[key] = round(event[key] * 1000)
        if not phases or event["ph"] in phases:
            found.append(event)
    return found


def check(timeline: Timeline) -> None:
    """Fail for what a viewer would draw wrongly or drop."""
    assert draw(written(timeline)).wrong == []
    tracks: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for event in events(timeline, "X"):
        tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    for slices in tracks.values():
        for began, ended in slices:
            assert ended >= began
            for other_began, other_ended in slices:
                assert not began < other_began < ended < other_ended, "two slices overlap without nesting"
    flows = defaultdict(list)
    for event in events(timeline, "s", "f"):
        slices = tracks[event["pid"], event["tid"]]
        assert any(began <= event["ts"] <= ended for began, ended in slices), "a flow's end lies in no slice"
        assert isinstance(event["id"], int)
        flows[event["id"]].append(event)
    for begin, end in flows.values():
        assert (begin["ph"], end["ph"], end["bp"]) == ("s", "f", "e")
        assert begin["ts"] <= end["ts"]


@pytest.mark.parametrize("timeline", [joined_run(4, exit_codes={2: -9}), joined_run(1), running_run(3), Timeline()])
def test_slices_nest_and_flows_end_in_slices(timeline: Timeline) -> None:
    check(timeline)


def test_each_nanosecond_is_kept_in_three_decimals() -> None:
    timeline = joined_run(1)
    timeline.process(2).target_began_ns = 42_000_001
    timeline.touch(2)
    text = written(timeline).decode()
    assert '"ts":42000.001' in text
    times = re.findall(r'"(?:ts|dur)":([^,}]+)', text)
    assert times
    assert all(re.fullmatch(r"-?\d+\.\d{3}", time) for time in times)


def test_each_process_has_its_name_and_its_phases() -> None:
    found = events(joined_run(2))
    names = {event["pid"]: event["args"]["name"] for event in found if event["name"] == "process_name"}
    assert names == {1000: "program", 1001: "Process-1", 1002: "Process-2"}
    first = [event for event in found if event["ph"] == "X" and event["pid"] == 1001]
    assert [event["name"] for event in first] == ["starting", "alive", "ending", "exited, not reaped", "exit"]
    assert first[0]["args"]["exit_code"] == 0
    alive = first[1]
    assert (alive["ts"], alive["ts"] + alive["dur"]) == (42 * MS, 1042 * MS)


def test_the_arrow_of_a_join_goes_from_the_exit_to_the_reap() -> None:
    timeline = joined_run(2)
    found = events(timeline)
    child = timeline.process(3)
    assert child.exited_ns is not None
    flow = {event["ph"]: event for event in found if event["ph"] in "sf" and event["name"] == "join"
            and (event["ph"] == "f" or event["pid"] == child.pid) and event["ts"] >= child.exited_ns}  # fmt: skip
    assert flow["s"]["ts"] == child.exited_ns
    reap = [event for event in found if event["name"] == "reap"][-1]
    assert (reap["pid"], reap["ts"], reap["ts"] + reap["dur"]) == (1000, child.exited_ns, child.joined_ns)
    assert (flow["f"]["pid"], flow["f"]["tid"], flow["f"]["ts"]) == (reap["pid"], reap["tid"], reap["ts"])


def test_calls_at_the_same_time_get_tracks_of_their_own() -> None:
    timeline = joined_run(2)
    for began in (10, 20):
        timeline.add_call(1, CallName.IS_ALIVE, 2, began * MS).ended_ns = (began + 15) * MS
    check(timeline)
    tracks = {event["args"]["name"] for event in events(timeline, "M") if event["name"] == "thread_name"}
    assert tracks == {"life", "calls", "calls 2"}


def test_a_pid_that_was_used_again_is_another_process() -> None:
    timeline = joined_run(3)
    timeline.process(4).pid = 1001
    timeline.add_process("never born", ProcessKind.WORKER, 1)
    pids = [event["pid"] for event in events(timeline, "M") if event["name"] == "process_name"]
    assert len(set(pids)) == 5
    assert all(0 < pid < 2**31 for pid in pids)
    check(timeline)


def test_moments_a_hair_out_of_order_still_nest() -> None:
    timeline = joined_run(1)
    child = timeline.process(2)
    assert child.exited_ns is not None
    child.target_ended_ns = child.exited_ns + 5
    timeline.touch(2)
    check(timeline)


def test_counters_have_one_series_and_end_at_zero() -> None:
    timeline = joined_run(1)
    timeline.add_sample(2, 100 * MS, 0.0, 1_000)
    timeline.add_sample(2, 300 * MS, 0.1, 5_000)
    counters = events(timeline, "C")
    assert {len(event["args"]) for event in counters} == {1}
    memory = [(event["ts"], event["args"]["bytes"]) for event in counters if event["name"] == "memory"]
    assert memory == [(100 * MS, 1_000), (300 * MS, 5_000), (1044 * MS, 0)]
    assert [event["args"]["cores"] for event in counters if event["name"] == "CPU"] == [0.5, 0]


def test_texts_are_escaped_and_lines_are_marks() -> None:
    timeline = joined_run(1)
    timeline.process(2).name = 'a"\\\x00\ud800é'
    timeline.add_line(2, "stderr", 500 * MS, "\x1b[31m\u2028")
    json.loads(written(timeline))
    texts = [event["args"]["text"] for event in events(timeline, "i") if event["name"] == "printed"]
    assert texts[-1] == "\x1b[31m\u2028"


def test_gzip_has_the_same_content_and_the_same_bytes_each_time() -> None:
    packed = written(joined_run(2), compressed=True)
    assert gzip.decompress(packed) == written(joined_run(2))
    assert packed == written(joined_run(2), compressed=True)


RUNS = [
    Plan.make([20_000] * 3, Workload.SORT, StartMethod.FORK, Order.ASK_BEFORE),
    Plan.make([20_000] * 2, Workload.SORT, StartMethod.SPAWN),
    script("executors.py"), script("four_ends.py"), script("every_call.py"), script("family.py"),
]  # fmt: skip


@pytest.mark.parametrize("what", RUNS, ids=["plan", "spawn", "tasks", "ends", "calls", "family"])
def test_a_recorded_run_is_drawn_as_it_was_and_read_again_the_same(what: Plan | Program, tmp_path: Path) -> None:
    with recording(what, whole=True) as live:
        timeline = live.finish()
    content = written(timeline)
    drawn = draw(content)
    assert drawn.wrong == []
    assert sorted(drawn.processes.values()) == sorted(process.name for process in timeline.processes)
    arrows = [(kind, leaves.name.partition("(")[0], arrives.name) for kind, leaves, arrives in drawn.arrows]
    assert {arrow[:2] for arrow in arrows} <= {("start", "start"), ("join", "exit")}
    assert {arrow[2] for arrow in arrows if arrow[0] == "join"} <= {"reap"}
    links = Counter(str(link.kind) for link in timeline.links())
    started = {call.process for call in timeline.calls if call.name is CallName.START and call.error is None}
    known = sum(link.kind == "start" and link.to_process in started for link in timeline.links())
    assert Counter(kind for kind, *_ in drawn.arrows) == +Counter(start=known, join=links["join"])
    path = tmp_path / "a.json"
    path.write_bytes(content)
    again = read(path)
    assert again.imported is not None
    assert (again.imported.skipped, again.warnings) == ({}, [])
    first = min((*(one.began for one in drawn.slices), *(at for _, at, _ in drawn.instants)))
    spans = sorted(
        (again.names[name], t0 + first, t1 + first)
        for track in again.tracks
        for name, t0, t1 in zip(track.spans.name, track.spans.t0.tolist(), track.spans.t1.tolist(), strict=True)
    )
    assert spans == sorted((one.name, one.began, one.end) for one in drawn.slices)
    tasks = Counter(task.name for task in timeline.tasks)
    assert Counter(name for name, *_ in spans if name in tasks) == tasks
    for process in timeline.processes:
        phases = timeline.lane(process.id).phases
        lives = zip(phases.t0.tolist(), phases.t1.tolist(), strict=True)
        pid = next(pid for pid, order in drawn.order.items() if order == tree_place(timeline, process.id))
        own = {(one.began, one.end) for one in drawn.slices if one.track == (pid, 1)}
        assert own >= {(t0, t1 if t1 != OPEN else timeline.now_ns) for t0, t1 in lives}


def tree_place(timeline: Timeline, process: int) -> int:
    """Where a process stands among the lanes, from 0."""
    return [number for number, _ in timeline.tree()].index(process)


def test_the_users_marks_belong_to_the_whole_trace() -> None:
    timeline = joined_run(1)
    timeline.bookmarks = [Bookmark(5 * MS + 1, "here <b>"), Bookmark(7 * MS, "")]
    drawn = draw(written(timeline))
    assert [one for one in drawn.instants if one[2] == "g"] == [("here <b>", 5 * MS + 1, "g"), ("mark", 7 * MS, "g")]
    assert drawn.wrong == []


def test_a_task_that_has_no_end_is_drawn_to_its_process_end_and_says_so() -> None:
    timeline = joined_run(1)
    timeline.begin_task(2, "taken to the grave", 50 * MS)
    failed = timeline.begin_task(2, "failed", 60 * MS)
    timeline.submit_task(failed, 45 * MS)
    timeline.finish_task(failed, 70 * MS, "ValueError")
    found = {event["name"]: event for event in events(timeline, "X") if event.get("cat") == "task"}
    grave = found["taken to the grave"]
    assert (grave["ts"] + grave["dur"], grave["args"]) == (timeline.process(2).exited_ns, {"ended": "unknown"})
    assert found["failed"]["args"] == {"submitted": 45_000, "error": "ValueError"}
    check(timeline)


@pytest.mark.parametrize("compressed", [False, True])
def test_writing_tells_how_far_it_is_and_can_be_stopped(compressed: bool) -> None:
    timeline = joined_run(2)
    for number in range(3000):
        timeline.add_line(2, "stdout", 50 * MS + number, f"line {number}")
    reported: list[float] = []
    chrome_writer.write(
        timeline, io.BytesIO(), compressed=compressed, progress=lambda done: bool(reported.append(done)) or True
    )
    assert reported == sorted(reported)
    assert 0.0 < reported[0] < 0.5 < reported[-1] <= 1.0
    with pytest.raises(CancelledError):
        chrome_writer.write(timeline, io.BytesIO(), compressed=compressed, progress=lambda done: done < 0.5)


@pytest.mark.parametrize(("bad", "said"), [
    ('{"ph":"X","pid":1,"tid":1,"name":"a","ts":0.000,"dur":2.000},{"ph":"X","pid":1,"tid":1,"name":"b","ts":1.000,"dur":2.000}',
     "dropped"),
    ('{"ph":"X","pid":1,"tid":1,"name":"a","ts":0.50,"dur":2.000}', "three decimals"),
    ('{"ph":"s","pid":1,"tid":1,"name":"a","cat":"c","id":1,"ts":0.000}', "in no slice"),
    ('{"ph":"X","pid":5000000000,"tid":1,"name":"a","ts":0.000,"dur":2.000}', "32 bits"),
    ('{"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"a"}},{"ph":"M","pid":2,"tid":1,"name":"thread_name",'
     '"args":{"name":"b"}},{"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"c"}}', "another process's"),
    ('{"ph":"X","pid":1,"tid":1,"name":"a","ts":5.000,"dur":2.000},{"ph":"X","pid":1,"tid":2,"name":"b","ts":1.000,"dur":9.000},'
     '{"ph":"s","pid":1,"tid":1,"name":"l","cat":"c","id":1,"ts":5.000},'
     '{"ph":"f","bp":"e","pid":1,"tid":2,"name":"l","cat":"c","id":1,"ts":6.000}', "backwards"),
])  # fmt: skip
def test_the_rules_catch_what_perfetto_would_drop_or_turn_round(bad: str, said: str) -> None:
    (sentence,) = draw(f'{{"traceEvents":[{bad}]}}'.encode()).wrong
    assert said in sentence


def test_threads_have_tracks_with_their_own_numbers_and_names() -> None:
    run = threaded_run(threads=2, tasks=3)
    again = run.add_thread(1, 3)
    again.native_id = 5001  # the kernel used the number again
    run.begin_task(1, "late", 900 * MS, again.id)
    names = {
        (event["pid"], event["tid"]): event["args"]["name"]
        for event in events(run, "M")
        if event["name"] == "thread_name"
    }
    slices = [event for event in events(run, "X") if event["cat"] == "task"]
    assert Counter(names[event["pid"], event["tid"]] for event in slices) == {
        "pool_0": 3, "pool_1": 3, "thread 3": 1, "tasks": 1, "inner_0": 1,
    }  # fmt: skip
    assert {event["tid"] for event in slices if event["pid"] == 1000} >= {5001, 5002}
    assert next(event["args"] for event in slices if names[event["pid"], event["tid"]] == "inner_0") == {
        "interpreter": 3
    }
    check(run)


def test_processes_of_one_machine_stand_together_and_say_where_they_are() -> None:
    timeline = joined_run(1)
    for pid, host in ((500, "10.0.0.6"), (501, "10.0.0.7"), (500, "10.0.0.6"), (501, "10.0.0.7")):
        worker = timeline.add_process(f"{host}:{pid}", ProcessKind.CLUSTER_WORKER)
        worker.pid, worker.host, worker.address, worker.clock_within_ns = pid, host, f"tcp://{host}:{pid}", 150_000
    found = events(timeline, "M")
    places = {event["pid"]: event["args"]["sort_index"] for event in found if event["name"] == "process_sort_index"}
    labels = {event["pid"]: event["args"]["labels"] for event in found if event["name"] == "process_labels"}
    assert len(places) == 6  # the same pid on another machine is another process
    in_order = [labels[pid].partition(", ")[0] for pid in sorted(places, key=places.__getitem__)]
    assert in_order[-4:] == ["on 10.0.0.6"] * 2 + ["on 10.0.0.7"] * 2
    assert not any(label.startswith("on ") for label in in_order[:2])


def test_the_work_grows_with_the_threads_and_no_faster() -> None:
    def calls_to_write(threads: int) -> int:
        timeline = Timeline()
        timeline.add_process("program", ProcessKind.PROGRAM)
        for number in range(threads):
            thread = timeline.add_thread(1, number + 1)
            thread.native_id = 5 + number % 2  # the kernel gives numbers again
            timeline.begin_task(1, "task", 10, thread.id)
        count = 0

        def note(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            chrome_writer.write(timeline, io.BytesIO())
        finally:
            sys.setprofile(None)
        return count

    assert calls_to_write(800) < 6 * calls_to_write(200)
