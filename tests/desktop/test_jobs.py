"""Jobs: what comes from each, how they are cancelled and replaced, and that none outlives its place."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop.jobs import Job, JobThread
from workers.errors import CancelledError, OpenError


class Signals:
    """Everything that comes from a job, in order, and in which thread."""

    def __init__(self, job: Job) -> None:
        self.all: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.reported.connect(self._on_reported)
        job.ended.connect(self._on_ended)

    def _note(self, name: str, value: object) -> None:
        self.all.append((name, value))
        self.threads.add(QThread.currentThread())

    def _on_finished(self, result: object) -> None:
        self._note("finished", result)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._note("failed", (sentence, bool(details)))

    def _on_reported(self, news: object) -> None:
        self._note("reported", news)

    def _on_ended(self) -> None:
        self._note("ended", None)


@pytest.fixture
def job(qtbot: QtBot) -> Iterator[Job]:
    made = Job("test")
    yield made
    made.close()


@pytest.fixture
def signals(job: Job) -> Signals:
    return Signals(job)


def until_cancelled(thread: JobThread) -> str:
    thread.report("begun")
    while thread.pause(0.001):
        pass
    raise CancelledError("cancelled")


def test_reports_come_in_order_before_the_result_and_in_the_windows_thread(
    qtbot: QtBot, job: Job, signals: Signals
) -> None:
    def work(thread: JobThread) -> str:
        assert threading.get_ident() != threading.main_thread().ident
        for number in range(3):
            thread.report(number)
        assert thread.progress(0.5)
        return "result"

    with qtbot.waitSignal(job.ended):
        job.start(work, "It failed")
        assert job.running
    assert signals.all == [
        ("reported", 0),
        ("reported", 1),
        ("reported", 2),
        ("finished", "result"),
        ("ended", None),
    ]
    assert signals.threads == {QThread.currentThread()}
    assert not job.running


def test_an_error_is_one_sentence_with_details_where_nobody_expected_it(
    qtbot: QtBot, job: Job, signals: Signals
) -> None:
    def refuse(thread: JobThread) -> None:
        raise OpenError("It is empty.")

    def break_down(thread: JobThread) -> None:
        raise ValueError("wrong")

    for work in (refuse, break_down):
        with qtbot.waitSignal(job.ended):
            job.start(work, "It could not be read")
    failed = [value for name, value in signals.all if name == "failed"]
    assert failed == [("It is empty.", False), ("It could not be read: wrong.", True)]


def test_progress_is_seen_from_the_window(qtbot: QtBot, job: Job) -> None:
    go_on = threading.Event()

    def work(thread: JobThread) -> None:
        thread.progress(0.25)
        go_on.wait(20)

    assert job.done == 0.0
    job.start(work, "")
    qtbot.waitUntil(lambda: job.done == 0.25)
    with qtbot.waitSignal(job.ended):
        go_on.set()
    assert job.done == 0.0


def test_a_cancelled_job_says_only_that_it_has_ended(qtbot: QtBot, job: Job, signals: Signals) -> None:
    with qtbot.waitSignal(job.reported):
        job.start(until_cancelled, "It failed")
    with qtbot.waitSignal(job.ended):
        job.cancel()
    assert signals.all == [("reported", "begun"), ("ended", None)]


def test_the_latest_job_wins_and_begins_when_the_one_before_has_ended(qtbot: QtBot, job: Job, signals: Signals) -> None:
    running: list[str] = []

    def first(thread: JobThread) -> str:
        running.append("first begins")
        try:
            return until_cancelled(thread)
        finally:
            running.append("first ends")

    with qtbot.waitSignal(job.reported):
        job.start(first, "It failed")
    with qtbot.waitSignal(job.ended):
        job.start(lambda thread: running.append("never"), "It failed")
        job.start(lambda thread: running.append("last begins"), "It failed")
    assert running == ["first begins", "first ends", "last begins"]
    assert [name for name, _ in signals.all] == ["reported", "finished", "ended"]


def test_a_result_that_comes_too_late_is_released(qtbot: QtBot, job: Job, signals: Signals) -> None:
    released: list[object] = []
    done = threading.Event()

    def work(thread: JobThread) -> str:
        done.set()
        return "result"

    with qtbot.waitSignal(job.ended):
        job.start(work, "It failed", released.append)
        assert done.wait(20)
        job.cancel()  # its thread has ended, or is about to
    assert released == ["result"]
    assert signals.all == [("ended", None)]


def test_who_waits_has_the_result(job: Job, signals: Signals) -> None:
    def work(thread: JobThread) -> str:
        thread.report("news")
        return "result"

    job.start(work, "It failed")
    job.wait()
    assert signals.all == [("reported", "news"), ("finished", "result"), ("ended", None)]


def test_closing_is_prompt_and_for_good(qtbot: QtBot, job: Job, signals: Signals) -> None:
    with qtbot.waitSignal(job.reported):
        job.start(until_cancelled, "It failed")
    job.close()
    assert not job.running
    job.start(until_cancelled, "It failed")
    assert not job.running
    assert [name for name, _ in signals.all] == ["reported", "ended"]


def test_a_handler_of_the_result_can_start_the_next_job(qtbot: QtBot, job: Job, signals: Signals) -> None:
    def again(result: object) -> None:
        if result == "first":
            job.start(lambda thread: "second", "It failed")

    job.finished.connect(again)
    with qtbot.waitSignal(job.ended):
        job.start(lambda thread: "first", "It failed")
    assert [value for name, value in signals.all if name == "finished"] == ["first", "second"]
    assert [name for name, _ in signals.all].count("ended") == 1
