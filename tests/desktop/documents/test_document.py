"""The document: which run is shown, what is known of it, and how long its place is held."""

from pathlib import Path

import pytest
from support.builders import joined_run
from support.kept_runs import recorded_run

from desktop.documents.document import Document
from desktop.documents.shown_run import ShownKind
from workers.engines.script import Script
from workers.formats.opening import open_file
from workers.journal.kinds import Kind
from workers.plan.plan import Order, Plan
from workers.runs import run_names
from workers.runs.leases import leased_runs
from workers.timeline.model import EndedBy
from workers.timeline.timeline import Timeline


class Signals:
    """The signals of a document, in order."""

    def __init__(self, document: Document) -> None:
        self.all: list[str] = []
        self._document = document
        self.shown_when_leaving: list[Timeline | None] = []
        document.leaving.connect(self._on_leaving)
        document.replaced.connect(lambda: self.all.append("replaced"))
        document.changed.connect(lambda: self.all.append("changed"))

    def _on_leaving(self) -> None:
        self.all.append("leaving")
        self.shown_when_leaving.append(self._document.timeline)


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


def test_at_first_nothing_is_shown(document: Document) -> None:
    assert (document.shown, document.run, document.timeline, document.folder()) == (None, None, None, None)
    signals = Signals(document)
    document.show_preview(None)
    assert signals.all == []


def test_a_preview_is_shown_and_is_no_run(document: Document) -> None:
    timeline = Timeline.planned(Plan.make([10_000] * 2, steps=Order.BY_HAND))
    document.show_preview(timeline)
    assert document.shown is not None
    assert document.shown.kind is ShownKind.PREVIEW
    assert document.timeline is timeline
    assert document.run is None
    document.show_preview(None)
    assert document.shown is None


def test_one_run_after_another_is_left_before_it_is_replaced(document: Document) -> None:
    signals = Signals(document)
    first, second = joined_run(2), joined_run(3)
    document.show_live(first)
    assert signals.all == ["leaving", "replaced", "changed"]
    document.show_live(second)
    assert signals.all == ["leaving", "replaced", "changed"] * 2
    assert signals.shown_when_leaving == [None, first]
    assert document.timeline is second


def test_a_live_run_learns_its_folder_how_it_ended_and_why_it_failed(document: Document, tmp_path: Path) -> None:
    timeline = joined_run(2)
    document.show_live(timeline)
    assert document.run is not None
    assert timeline.plan is not None
    assert document.run.kind is ShownKind.LIVE_RUN
    assert (document.run.title, document.run.plan) == (timeline.plan.title, timeline.plan)
    signals = Signals(document)
    document.set_folder(tmp_path)
    document.set_stopped()
    document.set_failure("It failed.")
    assert signals.all == ["changed"] * 3
    assert document.folder() == tmp_path
    assert document.run.stopped
    assert document.run.failure == "It failed."
    assert document.run.timeline is timeline


def test_a_script_is_called_by_its_command_line(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("")
    script = Script.make(str(path), "a 'b c'")
    document.show_live(Timeline(), script)
    assert document.run is not None
    assert (document.run.title, document.run.script) == ("mine.py a 'b c'", script)


def test_a_recorded_run_is_held_while_it_is_shown_and_follows_its_name(document: Document) -> None:
    run = recorded_run(1, EndedBy.PERSON, Kind.ENDED)
    document.show_opened(open_file(run))
    assert document.run is not None
    assert (document.run.kind, document.run.path, document.folder()) == (ShownKind.RECORDED_RUN, run, run)
    assert document.run.stopped
    title = document.run.title
    run_names.rename(run, "mine")
    document.update_name(run.parent / "another")
    assert document.run.title == title
    document.update_name(run)
    assert document.run.title == "mine"
    assert leased_runs() == {run.name}
    document.show_live(joined_run(2))
    assert leased_runs() == set()


def test_a_live_run_in_the_history_is_held_while_it_is_shown(document: Document) -> None:
    run = recorded_run(1, Kind.ENDED)
    document.show_live(joined_run(2))
    document.set_folder(run)
    assert leased_runs() == {run.name}
    document.close()
    assert leased_runs() == set()


def test_what_is_known_of_a_live_run_is_not_told_of_an_opened_one(document: Document, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    trace.write_text('[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":9,"name":"a"}]')
    document.show_opened(open_file(trace))
    shown = document.run
    assert shown is not None
    assert (shown.kind, shown.folder, shown.title) == (ShownKind.TRACE, None, "trace.json")
    document.set_folder(tmp_path)
    document.set_stopped()
    document.set_failure("It failed.")
    assert document.run is shown
