"""The session: real parents and workers, steered as the window's buttons do it."""

import itertools
import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from pytestqt.qtbot import QtBot
from support.recording import recording
from support.replay_engine import ReplayEngine, printed

from desktop.control import session as session_module
from desktop.control.session import Phase, Session
from workers.errors import RunError
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.timeline.model import CallName, State
from workers.timeline.timeline import Timeline

SOON_MS = 20_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


def sleepers(milliseconds: int, workers: int = 2, order: Order = Order.START_THEN_JOIN) -> Plan:
    return Plan.make([milliseconds * 1000] * workers, Workload.SLEEP, StartMethod.FORK, order)


def lives(pid: int | None) -> bool:
    """Whether there is such a process, and it is more than a zombie that its new parent has not come to."""
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def timeline_of(session: Session) -> Timeline:
    assert session.timeline is not None
    return session.timeline


def wait_alive(qtbot: QtBot, session: Session, count: int) -> None:
    """Until so many workers are in their work."""

    def alive() -> bool:
        return sum(p.state is State.ALIVE for p in timeline_of(session).processes[1:]) == count

    qtbot.waitUntil(alive, timeout=SOON_MS)


def wait_free(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: timeline_of(session).waiting_for_person, timeout=SOON_MS)


def end(qtbot: QtBot, session: Session) -> Timeline:
    if session.running:
        with qtbot.waitSignal(session.ended, timeout=SOON_MS):
            pass
    assert timeline_of(session).ended
    return timeline_of(session)


@pytest.mark.parametrize("method", list(StartMethod))
def test_start_join_end(qtbot: QtBot, session: Session, method: StartMethod) -> None:
    plan = Plan.make([20_000, 10_000, 15_000], Workload.SORT, method)
    with qtbot.waitSignal(session.began):
        session.start(plan)
    assert [p.name for p in timeline_of(session).processes] == ["parent", "Process-1", "Process-2", "Process-3"]
    wait_free(qtbot, session)
    assert all(p.joined_ns is None for p in timeline_of(session).processes)
    session.join()
    timeline = end(qtbot, session)
    assert session.phase is Phase.IDLE
    workers = [p for p in timeline.processes if p.worker is not None]
    assert [p.exit_code for p in workers] == [0, 0, 0]
    joins = [call for call in timeline.calls if call.name is CallName.JOIN and call.by == 1]
    assert [call.process for call in joins[:3]] == [p.id for p in workers]
    for p in workers:
        assert p.start_called_ns is not None
        assert p.target_began_ns is not None
        assert p.exited_ns is not None
        assert p.joined_ns is not None
        assert p.start_called_ns < p.target_began_ns < p.exited_ns <= p.joined_ns
    assert timeline.warnings == []
    assert session.folder is not None


def test_ends_of_the_globals(qtbot: QtBot, session: Session) -> None:
    session.start(Plan.make([10_000] * 4, Workload.SORT, StartMethod.FORK))
    wait_free(qtbot, session)
    session.join()
    timeline = end(qtbot, session)
    ends = {watched.process: watched.value for watched in timeline.watched if watched.when == "ended"}
    assert ends[1] == "[None, None, None, None]"
    slots = [["True" if at == worker else "None" for at in range(4)] for worker in range(4)]
    assert [ends[worker + 2] for worker in range(4)] == [f"[{', '.join(slot)}]" for slot in slots]


def test_question_waits_while_the_parent_is_in_join(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(1200))
    wait_alive(qtbot, session, 2)
    session.join()
    timeline = timeline_of(session)
    qtbot.waitUntil(lambda: timeline.waiting_call(1) is not None, timeout=SOON_MS)
    session.ask_alive()
    assert [(request.verb, request.worker) for request in timeline.pending] == [("alive", 1), ("alive", 2)]
    asked_ns = timeline.now_ns
    qtbot.waitUntil(lambda: timeline.now_ns > asked_ns + 200_000_000, timeout=SOON_MS)
    assert len(timeline.pending) == 2  # it is still in join(Process-1)
    end(qtbot, session)
    answers = [call for call in timeline.calls if call.name is CallName.IS_ALIVE]
    assert [call.process for call in answers] == [2, 3]
    joined_ns = timeline.process(2).joined_ns
    assert joined_ns is not None
    assert all(call.began_ns >= joined_ns for call in answers)
    assert answers[0].result is False


def test_free_parent_answers_at_once(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    wait_free(qtbot, session)
    session.ask_alive()
    timeline = timeline_of(session)
    qtbot.waitUntil(lambda: not timeline.pending, timeout=SOON_MS)
    qtbot.waitUntil(
        lambda: [call.result for call in timeline.calls if call.name is CallName.IS_ALIVE] == [True, True],
        timeout=SOON_MS,
    )
    session.stop()
    end(qtbot, session)


def test_second_start_and_second_join_do_nothing(qtbot: QtBot, session: Session) -> None:
    began: list[object] = []
    session.began.connect(began.append)
    session.start(sleepers(100))
    session.start(sleepers(100))
    session.join()
    session.join()
    timeline = end(qtbot, session)
    assert len(began) == 1
    joins = [call for call in timeline.calls if call.name is CallName.JOIN and call.by == 1 and call.step is not None]
    assert len(joins) == 2
    assert [request.verb for request in timeline.requests.values()] == ["join_rest"]


def test_stop_ends_everything_and_start_works_again(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    pids = [p.pid for p in timeline_of(session).processes]
    requests: list[None] = []
    session.stop_requested.connect(lambda: requests.append(None))
    session.stop()
    assert session.stopping
    session.stop()
    first = end(qtbot, session)
    assert len(requests) == 1
    assert not any(lives(pid) for pid in pids)
    assert [p.signal_name for p in first.processes[1:]] == ["SIGTERM", "SIGTERM"]
    session.start(sleepers(50))
    assert not session.stopping
    session.join()
    second = end(qtbot, session)
    assert second is not first
    assert [p.exit_code for p in second.processes] == [0, 0, 0]


def test_by_hand_from_the_first_lane_to_the_last(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000, 4, Order.BY_HAND), first=2)
    wait_alive(qtbot, session, 1)
    timeline = timeline_of(session)
    assert [p.state for p in timeline.processes[1:]] == [State.PLANNED, State.ALIVE, State.PLANNED, State.PLANNED]
    session.start_rest()
    wait_alive(qtbot, session, 4)
    wait_free(qtbot, session)
    session.do(3, "terminate")
    session.do(4, "kill")
    qtbot.waitUntil(lambda: timeline.process(3).ended and timeline.process(4).ended, timeout=SOON_MS)
    assert [timeline.process(n).exit_code for n in (3, 4)] == [-15, -9]
    wait_free(qtbot, session)
    session.do(3, "join")
    qtbot.waitUntil(lambda: timeline.process(3).joined_ns is not None, timeout=SOON_MS)
    session.do(2, "alive")
    qtbot.waitUntil(lambda: any(call.name is CallName.IS_ALIVE for call in timeline.calls), timeout=SOON_MS)
    session.stop()
    end(qtbot, session)


def test_by_hand_the_parent_can_finish_without_having_started_all(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(100, 3, Order.BY_HAND), first=1)
    wait_free(qtbot, session)
    session.do(1, "finish")
    timeline = end(qtbot, session)
    assert [p.state for p in timeline.processes[2:]] == [State.PLANNED, State.PLANNED]
    assert timeline.exit_code == 0


def test_worker_is_killed_from_outside_while_the_parent_waits_for_it(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    session.join()
    timeline = timeline_of(session)
    qtbot.waitUntil(lambda: timeline.waiting_call(1) is not None, timeout=SOON_MS)
    session.do(2, "kill")
    qtbot.waitUntil(lambda: timeline.process(2).joined_ns is not None, timeout=SOON_MS)
    assert timeline.process(2).signal_name == "SIGKILL"
    assert [sent.signal for sent in timeline.signalled] == ["SIGKILL"]
    session.do(3, "terminate")
    end(qtbot, session)


def test_what_cannot_be_done_is_not_asked(qtbot: QtBot, session: Session) -> None:
    session.join()
    session.ask_alive()
    session.stop()
    session.start_rest()
    session.do(1, "finish")
    assert session.phase is Phase.IDLE
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    session.do(2, "start")
    session.do(1, "kill")
    assert timeline_of(session).pending == []
    session.stop()
    end(qtbot, session)


@pytest.mark.parametrize(("workload", "code"), [(Workload.FAIL, 1), (Workload.CRASH, -9)])
def test_workers_that_fail_do_not_hold_up_the_others(
    qtbot: QtBot, session: Session, workload: Workload, code: int
) -> None:
    session.start(Plan.make([1000, 1000], workload, StartMethod.FORK))
    session.join()
    timeline = end(qtbot, session)
    assert [p.exit_code for p in timeline.processes] == [0, code, code]


def test_close_in_the_middle_ends_the_tree(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    pids = [p.pid for p in timeline_of(session).processes]
    assert session.close()
    assert not any(lives(pid) for pid in pids)


def test_keeper_killed_marks_what_is_lost_and_start_works_again(qtbot: QtBot, session: Session) -> None:
    session.start(sleepers(60_000))
    wait_alive(qtbot, session, 2)
    pids = [p.pid for p in timeline_of(session).processes]
    keeper = psutil.Process(pids[0]).parent()
    assert keeper is not None
    os.kill(keeper.pid, signal.SIGKILL)
    timeline = end(qtbot, session)
    assert not any(lives(pid) for pid in pids)
    assert all(p.lost for p in timeline.processes)
    assert timeline.warnings
    session.start(sleepers(50))
    session.join()
    assert end(qtbot, session).exit_code == 0


def test_run_that_cannot_be_launched(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RunError("The disk is full.")

    monkeypatch.setattr("workers.engines.local_engine.next_run_folder", refuse)
    with qtbot.waitSignal(session.failed, timeout=SOON_MS) as heard:
        session.start(sleepers(100))
    assert heard.args == ["The disk is full.", ""]
    end(qtbot, session)
    assert session.phase is Phase.IDLE
    assert timeline_of(session).ended
    assert timeline_of(session).warnings == []


def test_flood_is_folded_over_many_frames_in_its_order(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """One portion a frame, when there is time for no more."""
    monkeypatch.setattr(session_module, "BUDGET_S", 0.0)
    with recording(Plan.make([1000], Workload.SORT, StartMethod.FORK)) as live:
        live.finish()
    batches = 40
    pid = live.worker(1).pid
    assert pid is not None
    engine = ReplayEngine(live.run.folder, records=1000)
    engine.append(*(printed(pid, 10**18 + at, f"line {at}\n") for at in range(batches)))
    session = Session(make_engine=lambda what: engine)
    seen: list[int] = []
    session.advanced.connect(lambda: seen.append(timeline_of(session).lines_seen))
    with qtbot.waitSignal(session.ended, timeout=SOON_MS):
        session.start(Plan.make([1000]))
    lines = [line.text for line in timeline_of(session).lines]
    assert lines[-batches:] == [f"line {at}" for at in range(batches)]
    steps = [later - earlier for earlier, later in itertools.pairwise(seen) if earlier >= len(lines) - batches]
    assert (sum(steps), max(steps)) == (batches, 1)
