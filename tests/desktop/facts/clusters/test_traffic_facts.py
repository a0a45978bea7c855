"""What the details tell of a transfer, of a worker's disk, and of further attempts at a task."""

from support.builders import MS
from support.cluster_runs import TRANSFERRED, watched_run

from desktop.facts.selection import ProcessSelection, TaskSelection, TrafficSelection
from desktop.facts.sheets import describe, sheet_text
from workers.timeline.timeline import Timeline


def told(timeline: Timeline, number: int, process: int = 2) -> dict[str, str]:
    """What the sheet of one thing says, by label, and its title."""
    sheet = describe(timeline, TrafficSelection(process, 0, number))
    assert sheet is not None
    return {"title": sheet.title} | {fact.label: fact.text for fact in sheet.facts}


def test_a_transfer_tells_its_bytes_its_sender_and_how_wrong_its_times_may_be() -> None:
    timeline = watched_run()
    facts = told(timeline, 1)
    assert facts["title"] == "Transfer of 12 MB"
    assert facts["Sender"] == "worker-2 (pid 4002) on node-a"
    assert facts["Fetched by"] == "worker-1 (pid 4001) on node-a"
    assert facts["Bytes"] == f"12 MB ({TRANSFERRED:,})"
    assert (facts["Results"], facts["Duration"], facts["Rate"]) == ("4", "700 ms", "17.1 MB/s")
    assert facts["Clock"] == "± 180 µs"
    sheet = describe(timeline, TrafficSelection(2, 0, 1))
    assert sheet is not None
    assert next(fact for fact in sheet.facts if fact.label == "Sender").link == ProcessSelection(3)
    timeline.process(2).clock_within_ns = None
    assert told(timeline, 1)["Clock"] == "not measured"


def test_disk_and_pickles_name_their_task() -> None:
    timeline = watched_run()
    assert {told(timeline, 2)[label] for label in ("title", "Task")} == {"Reading from disk", "train-2-5"}
    assert {told(timeline, 3)[label] for label in ("title", "Task")} == {"Opening a pickle", "train-2-6"}
    spilled = told(timeline, 4)
    assert (spilled["title"], spilled["Written"]) == ("Spill of 90 MB", "90 MB, 3 results")
    assert spilled["Time"] == "6.500 s or shortly before"  # when exactly is not known
    assert "Read back" not in spilled


def test_what_is_not_there_has_no_sheet() -> None:
    timeline = watched_run()
    assert describe(timeline, TrafficSelection(2, 0, 5)) is None
    assert describe(timeline, TrafficSelection(3, 0, 1)) is None
    timeline.cluster = None
    assert sheet_text(timeline, TrafficSelection(2, 0, 1)) == ""


def test_a_task_of_a_cluster_tells_its_key_and_a_further_attempt() -> None:
    timeline = watched_run()
    first, again = (task for task in timeline.tasks if task.key == "train-deadly")
    assert "Attempt" not in sheet_text(timeline, TaskSelection(4, first.began_ns, first.id))
    words = sheet_text(timeline, TaskSelection(3, 7500 * MS, again.id)).split()
    assert words[words.index("Key") + 1] == "train-deadly"
    assert words[words.index("Attempt") + 1] == "2"
