"""The Chrome trace: what Perfetto asks of one, held for every event."""

import gzip
import io
import json
import re
from collections import defaultdict
from typing import Any

import pytest
from builders import MS, joined_run, running_run

from workers.formats import chrome
from workers.model import CallName, ProcessKind
from workers.timeline import Timeline


def written(timeline: Timeline, *, compressed: bool = False) -> bytes:
    """The trace's bytes."""
    file = io.BytesIO()
    chrome.write(timeline, file, compressed=compressed)
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
    assert [event["name"] for event in first] == ["starting", "alive", "ending", "exited, not collected", "exit"]
    assert first[0]["args"]["exit_code"] == 0
    alive = first[1]
    assert (alive["ts"], alive["ts"] + alive["dur"]) == (42 * MS, 1042 * MS)


def test_a_join_points_from_the_exit_to_what_collected_it() -> None:
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


def test_gzip_holds_the_same_and_is_the_same_each_time() -> None:
    packed = written(joined_run(2), compressed=True)
    assert gzip.decompress(packed) == written(joined_run(2))
    assert packed == written(joined_run(2), compressed=True)
