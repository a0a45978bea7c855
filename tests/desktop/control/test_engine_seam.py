"""The seam between session and engine: a second engine, which plays a run back, drives session, fold and report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from support.recording import recording
from support.replay_engine import ReplayEngine, printed

from desktop.control.session import Phase, Session
from workers.commands import AskParent, StopRun
from workers.engines.choice import make_engine
from workers.engines.engine import Runnable
from workers.engines.local_engine import LocalEngine
from workers.errors import PlanError
from workers.formats.run_reader import read_run
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.report.report import report
from workers.timeline.timeline import Timeline

SOON_MS = 10_000
PLAN = Plan.make([1000, 2000], Workload.SORT, StartMethod.FORK)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The journals of a plan that was run by the local engine, with every step done."""
    with recording(PLAN) as live:
        live.finish()
        yield live.run.folder


@pytest.fixture
def session(qtbot: QtBot, folder: Path) -> Iterator[Session]:
    made = Session(make_engine=lambda what: ReplayEngine(folder))
    yield made
    assert made.close()


def session_of(engine: ReplayEngine, made_of: list[Runnable] | None = None) -> Session:
    """A session that has this engine for its next run."""

    def make(what: Runnable) -> ReplayEngine:
        if made_of is not None:
            made_of.append(what)
        return engine

    return Session(make_engine=make)


def timeline_of(session: Session) -> Timeline:
    assert session.timeline is not None
    return session.timeline


def test_a_run_of_another_engine_is_folded_to_the_same_report(qtbot: QtBot, session: Session, folder: Path) -> None:
    with qtbot.waitSignal(session.ended, timeout=SOON_MS):
        session.start(PLAN)
    assert session.phase is Phase.IDLE
    assert session.folder == str(folder)
    assert report(timeline_of(session)) == report(read_run(folder))


def test_phases_of_a_run(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, hold_after=2)
    asked_for: list[Runnable] = []
    session = session_of(engine, asked_for)
    phases: list[Phase] = []

    def note() -> None:
        if phases[-1:] != [session.phase]:
            phases.append(session.phase)

    session.changed.connect(note)
    session.advanced.connect(note)
    session.start(PLAN)
    assert (session.phase, session.running, session.stopping) == (Phase.LAUNCHING, True, False)
    qtbot.waitUntil(lambda: engine.given == 2, timeout=SOON_MS)
    qtbot.waitUntil(lambda: session.phase is Phase.RUNNING, timeout=SOON_MS)
    session.join()
    qtbot.waitUntil(lambda: engine.commands == [AskParent(1, "join_rest")], timeout=SOON_MS)
    assert not session.stopping
    with qtbot.waitSignal(session.ended, timeout=SOON_MS):
        session.stop()
        assert (session.phase, session.running, session.stopping) == (Phase.STOPPING, True, True)
        session.stop()
        session.join()
    assert engine.commands == [AskParent(1, "join_rest"), StopRun()]
    assert (session.phase, session.running, session.stopping, session.stopped) == (Phase.IDLE, False, False, True)
    assert phases[0] is Phase.LAUNCHING
    assert phases[-1] is Phase.IDLE
    assert asked_for == [PLAN]
    assert session.close()


def test_nothing_is_asked_of_a_run_that_is_over_and_not_yet_folded(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.control.session.BUDGET_S", 0.0)
    engine = ReplayEngine(folder, records=1000)
    engine.append(printed(1, 10**18, "a line of a flood\n" * 20_000))  # many portions, left at once by the thread
    session = session_of(engine)
    session.start(PLAN)
    qtbot.waitUntil(lambda: session.phase is Phase.READING_REST, timeout=SOON_MS)
    assert session.running
    session.stop()
    session.do(1, "finish")
    assert session.phase is Phase.READING_REST
    assert not session.stopped
    qtbot.waitUntil(lambda: session.phase is Phase.IDLE, timeout=SOON_MS)
    assert engine.commands == []
    assert timeline_of(session).lines_seen >= 20_000
    assert session.close()


def test_by_hand_every_start_is_asked_for(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, hold_after=0)
    session = session_of(engine)
    session.start(Plan.make([1000] * 3, steps=Order.BY_HAND))
    assert timeline_of(session).pending == [], "the parent alone"
    session.start_rest()
    qtbot.waitUntil(lambda: len(engine.commands) == 3, timeout=SOON_MS)
    assert engine.commands == [AskParent(number, "start", number) for number in (1, 2, 3)]
    assert [request.id for request in timeline_of(session).pending] == [1, 2, 3]
    assert session.close()


def test_an_engine_that_cannot_start_leaves_nothing_running(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, refusal="There is no such cluster.")
    session = session_of(engine)
    failed: list[tuple[str, str]] = []
    session.failed.connect(lambda *what: failed.append(what))
    with qtbot.waitSignal(session.ended, timeout=SOON_MS):
        session.start(PLAN)
    assert failed == [("There is no such cluster.", "")]
    assert (session.phase, session.folder) == (Phase.IDLE, None)
    assert timeline_of(session).ended


def test_closing_the_session_closes_the_engine(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, hold_after=1)
    session = session_of(engine)
    session.start(PLAN)
    assert session.close()
    assert engine.closed_by_user


def test_the_engines_name_is_in_manifest_and_report(folder: Path) -> None:
    assert read_run(folder).engine == LocalEngine.name
    assert report(read_run(folder))["program"]["engine"] == "local"
    assert report(Timeline())["program"]["engine"] == "local"


def test_engines_are_chosen_by_name() -> None:
    assert isinstance(make_engine(PLAN), LocalEngine)
    with pytest.raises(PlanError, match="There is no engine warp: there is local"):
        make_engine(PLAN, engine="warp")
