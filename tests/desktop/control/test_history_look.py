"""A look through the kept runs, as a job: what it reports, in which order, and that it can be cancelled."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from support.kept_runs import kept_run, recorded_run

from desktop.control.history_look import HistoryLook, RunsCutShort, RunsListed, RunSummarized
from desktop.jobs import Job
from workers.history.summaries import SUMMARY, RunOutcome, Summary, load_summary
from workers.journal.kinds import Kind
from workers.runs.limits import Limits, save_limits
from workers.runs.run_folders import run_folders


class Reports:
    """A look as a job, and what it reports, in order."""

    def __init__(self, look: HistoryLook, known: dict[Path, Summary] | None = None) -> None:
        self.reports: list[tuple[str, Any]] = []
        self.job = Job("history")
        self.job.reported.connect(self._on_reported)
        self.job.failed.connect(self._on_failed)
        self._look, self._known = look, known or {}

    def start(self) -> None:
        self.job.start(lambda job: self._look.carry_out(self._known, job), "The history could not be read")

    def _on_reported(self, news: object) -> None:
        match news:
            case RunsListed(entries):
                self.reports.append(("listed", [entry.folder for entry in entries]))
            case RunSummarized(entry):
                self.reports.append(("summarized", entry.folder))
            case RunsCutShort(entries, ended):
                self.reports.append(("cut short", ([entry.folder for entry in entries], ended)))

    def _on_failed(self, sentence: str, details: str) -> None:
        self.reports.append(("failed", sentence))


def carried_out(qtbot: QtBot, look: HistoryLook, known: dict[Path, Summary] | None = None) -> list[tuple[str, Any]]:
    heard = Reports(look, known)
    with qtbot.waitSignal(heard.job.ended):
        heard.start()
    return heard.reports


def test_all_are_listed_before_any_is_read(qtbot: QtBot) -> None:
    seen, unseen, other = kept_run(1), recorded_run(2, Kind.ENDED), recorded_run(3)
    assert carried_out(qtbot, HistoryLook(listing=True)) == [
        ("listed", [other, unseen, seen]), ("summarized", other), ("summarized", unseen),
    ]  # fmt: skip
    kept = load_summary(other)
    assert kept is not None
    assert kept.outcome is RunOutcome.CUT_SHORT
    assert carried_out(qtbot, HistoryLook(listing=True)) == [("listed", [other, unseen, seen])]


def test_reading_is_cancelled_at_once(qtbot: QtBot) -> None:
    runs = [recorded_run(number, Kind.ENDED) for number in range(3)]
    reports = Reports(HistoryLook(listing=True))
    with qtbot.waitSignal(reports.job.ended):
        reports.start()
        reports.job.cancel()
    assert [name for name, _ in reports.reports] == ["listed"]
    assert not any((run / SUMMARY).exists() for run in runs)


def test_the_start_tells_what_was_cut_short_once(qtbot: QtBot) -> None:
    run = recorded_run(1)
    look = HistoryLook(tidy=True, look_back=True)
    assert carried_out(qtbot, look) == [("cut short", ([run], 0))]
    assert carried_out(qtbot, look) == []


def test_the_end_of_a_run_keeps_its_summary_and_the_limits(qtbot: QtBot) -> None:
    old, run = kept_run(1), recorded_run(2, Kind.ENDED)
    save_limits(Limits(1, 10**7))
    summary = Summary("a plan", "", 1.0, RunOutcome.DONE, "Done.", 0)
    assert carried_out(qtbot, HistoryLook(ended=(run, summary), tidy=True)) == []
    assert run_folders() == [run]
    kept = load_summary(run)
    assert kept is not None
    assert kept.size_bytes > 0
    assert (kept.title, kept.outcome) == ("a plan", RunOutcome.DONE)
    assert not old.exists()


def test_an_error_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(known: object) -> object:
        raise ValueError("<b>wrong</b>")

    monkeypatch.setattr("desktop.control.history_look.list_runs", wrong)
    assert carried_out(qtbot, HistoryLook(listing=True)) == [("failed", "The history could not be read: <b>wrong</b>.")]


def test_looks_are_joined() -> None:
    summary = Summary("", "", None, RunOutcome.DONE, "", 0)
    ended = HistoryLook(ended=(Path("a"), summary), tidy=True)
    assert HistoryLook(listing=True).with_(ended) == HistoryLook((Path("a"), summary), tidy=True, listing=True)
    assert ended.with_(HistoryLook(look_back=True)) == HistoryLook((Path("a"), summary), tidy=True, look_back=True)
