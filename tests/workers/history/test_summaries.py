"""Summaries: how a run ended in a word, kept beside its journals and made again when it cannot be used."""

import json
from pathlib import Path

import pytest
from support.builders import joined_run
from support.kept_runs import PLAN, folder, kept_run, recorded_run
from support.recording import recording, script

from workers.errors import CancelledError
from workers.history.summaries import (
    SUMMARY,
    RunOutcome,
    Summary,
    keep_summary,
    load_summary,
    read_summary,
    summarize,
)
from workers.journal.kinds import Kind
from workers.timeline.model import CallName, EndedBy
from workers.timeline.timeline import Timeline


def test_a_run_that_went_well_is_done() -> None:
    summary = summarize(joined_run(4), 1234)
    assert summary.outcome is RunOutcome.DONE
    assert summary.sentence.startswith("Done after 4.")
    assert summary.duration_s == pytest.approx(4.1, abs=0.2)
    assert summary.size_bytes == 1234
    assert summary.title.startswith("sort 10k, 20k, 30k, 40k · fork")


def test_a_run_with_a_worker_that_failed_has_failed() -> None:
    summary = summarize(joined_run(3, exit_codes={2: -9}), 0)
    assert summary.outcome is RunOutcome.FAILED
    assert "Process-2: SIGKILL (exit code -9)" in summary.sentence


def test_a_worker_that_the_program_itself_ended_is_no_failure() -> None:
    timeline = joined_run(3, exit_codes={2: -15})
    assert summarize(timeline, 0).outcome is RunOutcome.FAILED
    ended_ns = timeline.process(3).exited_ns
    assert ended_ns is not None
    timeline.add_call(1, CallName.TERMINATE, 3, ended_ns - 1000).ended_ns = ended_ns
    assert summarize(timeline, 0).outcome is RunOutcome.DONE


def test_a_program_that_failed_has_failed() -> None:
    timeline = joined_run(1)
    timeline.process(1).exit_code = 3
    assert summarize(timeline, 0).outcome is RunOutcome.FAILED


def test_the_summary_says_why_a_run_was_ended() -> None:
    timeline = joined_run(2, exit_codes={1: -15})
    timeline.ended_by, timeline.cut_ns = EndedBy.PERSON, 1_000_000_000
    assert summarize(timeline, 0).outcome is RunOutcome.STOPPED
    timeline.ended_by = EndedBy.OWNER_GONE
    assert summarize(timeline, 0).outcome is RunOutcome.CUT_SHORT
    assert summarize(timeline, 0).sentence.startswith("Cut short after 1.000 s: Procession was no longer running")


def test_a_recorder_that_was_cut_off_is_cut_short() -> None:
    timeline = joined_run(2)
    timeline.cut_off = True
    summary = summarize(timeline, 0)
    assert summary.outcome is RunOutcome.CUT_SHORT
    assert summary.sentence.startswith("The recorder was cut off after")


def test_a_program_that_was_never_there_was_not_started() -> None:
    timeline = Timeline.planned(PLAN)
    timeline.ended = True
    summary = summarize(timeline, 0)
    assert (summary.outcome, summary.duration_s) == (RunOutcome.NOT_STARTED, None)


@pytest.mark.parametrize("outcome", [o for o in RunOutcome if o not in (RunOutcome.RUNNING, RunOutcome.UNREADABLE)])
def test_a_summary_is_kept(outcome: RunOutcome) -> None:
    run = folder(1)
    summary = Summary("<b> ☃\udc80", "2026-01-01T12:00:00", None, outcome, "So it was.", 7)
    keep_summary(run, summary)
    assert load_summary(run) == summary


@pytest.mark.parametrize("outcome", [RunOutcome.RUNNING, RunOutcome.UNREADABLE])
def test_what_may_be_otherwise_soon_is_not_kept(outcome: RunOutcome) -> None:
    run = folder(1)
    keep_summary(run, Summary("", "", None, outcome, "", 0))
    assert load_summary(run) is None


def test_a_run_that_is_gone_keeps_nothing_and_says_nothing(tmp_path: Path) -> None:
    keep_summary(tmp_path / "gone", Summary("", "", None, RunOutcome.DONE, "", 0))
    assert load_summary(tmp_path / "gone") is None


@pytest.mark.parametrize("change", [
    {"format": 2}, {"outcome": "splendid"}, {"duration_s": "long"}, {"size_bytes": None}, {"title": ...},
    {"size_bytes": 1e400}, {"size_bytes": 10**400}, {"size_bytes": -1}, {"duration_s": float("nan")}, {"duration_s": 1e400},
])  # fmt: skip
def test_a_summary_that_cannot_be_used_is_as_if_absent(change: dict[str, object]) -> None:
    run = kept_run(1)
    kept = json.loads((run / SUMMARY).read_text())
    kept = {key: value for key, value in {**kept, **change}.items() if value is not ...}
    (run / SUMMARY).write_text(json.dumps(kept))
    assert load_summary(run) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"[" * 100_000, b"\xff"])
def test_a_file_that_is_no_summary_is_as_if_absent(content: bytes) -> None:
    run = folder(1)
    (run / SUMMARY).write_bytes(content)
    assert load_summary(run) is None


def test_a_summary_read_from_journals_is_that_of_the_live_run() -> None:
    with recording(script("ends_badly.py"), whole=True) as live:
        live_summary = summarize(live.finish(), 0)
        read = read_summary(live.run.folder)
    assert read.size_bytes > 0
    assert (read.title, read.started_at, read.duration_s, read.outcome, read.sentence) == (
        live_summary.title, live_summary.started_at, live_summary.duration_s, live_summary.outcome, live_summary.sentence,
    )  # fmt: skip


def test_a_run_that_cannot_be_read_has_a_summary_that_says_so() -> None:
    summary = read_summary(folder(1))
    assert summary.outcome is RunOutcome.UNREADABLE
    assert "no run that can be read" in summary.sentence


def test_reading_can_be_stopped() -> None:
    run = recorded_run(1, Kind.ENDED)
    with pytest.raises(CancelledError):
        read_summary(run, lambda done: False)
