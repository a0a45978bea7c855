"""Plans: what is checked before anything runs, how steps are written, and that what is written reads back."""

import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.errors import PlanError
from workers.plan.plan import (
    LONGEST_TIMEOUT_S,
    MOST_WORKERS,
    Order,
    Plan,
    StartMethod,
    Step,
    Verb,
    Workload,
    format_steps,
    parse_steps,
)
from workers.plan.presets import PRESETS
from workers.plan.sizes import MOST, SizeUnit
from workers.recorded import workloads

ORDERS = [order for order in Order if order is not Order.BY_HAND]


def written(steps: tuple[Step, ...]) -> str:
    """Steps, short: ``s1 s2 a2 j1``."""
    return " ".join(f"{step.verb.value[0]}{step.worker}" for step in steps)


@pytest.mark.parametrize(("order", "steps"), [
    (Order.START_THEN_JOIN, "s1 s2 s3 j1 j2 j3"),
    (Order.ONE_BY_ONE, "s1 j1 s2 j2 s3 j3"),
    (Order.ASK_BEFORE, "s1 s2 s3 a1 a2 a3 j1 j2 j3"),
    (Order.ASK_BETWEEN, "s1 s2 s3 a3 j1 a1 j2 a2 j3"),
    (Order.ASK_AFTER, "s1 s2 s3 j1 a1 j2 a2 j3 a3"),
    (Order.BY_HAND, ""),
])  # fmt: skip
def test_an_order_expands_to_steps(order: Order, steps: str) -> None:
    assert written(order.steps(3)) == steps


def test_the_guides_order_between_the_joins() -> None:
    """The second is asked before any join, the first between the joins."""
    assert written(Order.ASK_BETWEEN.steps(2)) == "s1 s2 a2 j1 a1 j2"


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("workers", [1, 2, MOST_WORKERS])
def test_every_order_can_run(order: Order, workers: int) -> None:
    plan = Plan.make([1] * workers, steps=order)
    for verb in (Verb.START, Verb.JOIN):
        assert sorted(step.worker for step in plan.steps if step.verb is verb) == list(range(1, workers + 1))
    assert plan.steps[plan.first_join].verb is Verb.JOIN
    assert all(step.verb is not Verb.JOIN for step in plan.steps[: plan.first_join])


def test_a_star_is_each_worker() -> None:
    assert parse_steps("start*; join *", 3) == Order.START_THEN_JOIN.steps(3)


def test_steps_as_people_write_them() -> None:
    steps = parse_steps(
        " Start 1;START2 ;; is_alive 1; join 2 0.25; join*1.5 ; terminate 1;kill 2;".replace("*1.5", "* 1.5"), 2
    )
    assert [str(step) for step in steps] == [
        "start 1",
        "start 2",
        "alive 1",
        "join 2 0.25",
        "join 1 1.5",
        "join 2 1.5",
        "terminate 1",
        "kill 2",
    ]


@pytest.mark.parametrize(("text", "reason"), [
    ("begin 1", "'begin 1' is not a step: write start, join, alive, terminate or kill"),
    ("start", "'start' is not a step"),
    ("start one", "'start one' is not a step"),
    ("start -1", "'start -1' is not a step"),
    ("start 1 2 3", "'start 1 2 3' is not a step"),
    ("start " + "9" * 5000, "is not a step"),
    ("start 1 2", "only join takes a timeout"),
    ("start 3", "'start 3' names a worker that this plan does not have: it has 2"),
    ("start 0", "names a worker"),
    ("start*; start 2", "'start 2' starts worker 2 a second time: a process starts once"),
    ("join 1; start 1", "'join 1': worker 1 is not started by then."),
    ("start 1; kill 2", "'kill 2': worker 2 is not started by then."),
    ("start*; join 1 1000001", "waits too long: a timeout is at most 1,000,000 seconds"),
    ("alive 1", "These steps start nothing"),
    ("", "These steps start nothing"),
])  # fmt: skip
def test_steps_that_cannot_be_carried_out_are_refused(text: str, reason: str) -> None:
    with pytest.raises(PlanError) as caught:
        Plan.make([1, 1], steps=text)
    assert reason in str(caught.value)


def test_asking_one_that_was_not_started_is_allowed() -> None:
    """Python answers False."""
    assert written(Plan.make([1, 1], steps="start 1; alive 2").steps) == "s1 a2"


@pytest.mark.parametrize("timeout_s", [-1.0, float("nan"), float("inf"), LONGEST_TIMEOUT_S * 2])
def test_a_timeout_that_python_cannot_wait_is_refused(timeout_s: float) -> None:
    with pytest.raises(PlanError, match="timeout"):
        Plan.make([1], steps=[Step(Verb.START, 1), Step(Verb.JOIN, 1, timeout_s)])


@pytest.mark.parametrize(("sizes", "reason"), [
    ([], "at least one worker"),
    ([1] * (MOST_WORKERS + 1), "65 workers are too many: a plan runs 1 to 64"),
    ([1] * 10_000, "10,000 workers are too many"),
    ([5, 0], "0 is out of range"),
    ([-1], "-1 is out of range"),
    ([MOST + 1], "is out of range"),
])  # fmt: skip
def test_a_plan_that_cannot_run_is_refused(sizes: list[int], reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        Plan.make(sizes)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan that can run."""
    sizes = draw(st.lists(st.integers(1, MOST), min_size=1, max_size=5))
    workload, method = draw(st.sampled_from(Workload)), draw(st.sampled_from(StartMethod))
    if draw(st.booleans()):
        return Plan.make(sizes, workload, method, draw(st.sampled_from(Order)))
    started = draw(st.lists(st.integers(1, len(sizes)), min_size=1, unique=True))
    timeout = st.none() | st.floats(0, LONGEST_TIMEOUT_S).map(lambda s: round(s, 6))
    later = st.one_of(
        st.builds(Step, st.just(Verb.JOIN), st.sampled_from(started), timeout),
        st.builds(Step, st.just(Verb.ALIVE), st.integers(1, len(sizes))),
        st.builds(Step, st.sampled_from([Verb.TERMINATE, Verb.KILL]), st.sampled_from(started)),
    )
    pieces = [[1, size - 1] if size > 1 else [1] for size in sizes] if draw(st.booleans()) else ()
    return Plan.make(
        sizes, workload, method, [*(Step(Verb.START, n) for n in started), *draw(st.lists(later, max_size=12))], pieces
    )


@given(plans())
def test_steps_read_back_as_written(plan: Plan) -> None:
    assert parse_steps(format_steps(plan.steps), plan.workers) == plan.steps


@given(plans())
def test_a_plan_survives_json(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


def test_a_plan_of_before_there_were_pieces_reads_back() -> None:
    data = json.loads(Plan.make([5, 6]).to_json())
    del data["pieces"]
    assert Plan.from_json(json.dumps(data)) == Plan.make([5, 6])


@given(plans())
def test_the_title_is_one_line_that_says_what_runs(plan: Plan) -> None:
    assert "\n" not in plan.title
    for part in (plan.workload, plan.start_method, plan.order_text):
        assert part in plan.title


@pytest.mark.parametrize("text", [
    "", "nonsense", "[]", "null", "{}", '{"by_hand": true}', "[" * 2000,
    json.dumps({**json.loads(Plan.make([1]).to_json()), "sizes": [1e400]}),
    json.dumps({**json.loads(Plan.make([1]).to_json()), "sizes": [0]}),
    json.dumps({**json.loads(Plan.make([1]).to_json()), "sizes": 7}),
    *(json.dumps({**json.loads(Plan.make([1]).to_json()), "pieces": pieces}) for pieces in (
        7, [7], [[]], [[0, 1]], [[2]], [[2, -1]], [[1], [1]], [["x"]], [[1e400]])),
    json.dumps({**json.loads(Plan.make([1]).to_json()), "workload": "rm"}),
    json.dumps({**json.loads(Plan.make([1]).to_json()), "start_method": "teleport"}),
    json.dumps({**json.loads(Plan.make([1]).to_json()), "steps": "join 1"}),
])  # fmt: skip
def test_what_is_no_plan_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(PlanError):
        Plan.from_json(text)


@pytest.mark.parametrize(("plan", "title"), [
    (Plan.make([10_000_000, 70_000_000, 40_000_000, 20_000_000]),
     "sort 10M, 70M, 40M, 20M · fork · start all, then join all"),
    (Plan.make([10_000] * 12, Workload.SLEEP, StartMethod.SPAWN, Order.ONE_BY_ONE),
     "sleep 12 × 10 ms · spawn · start and join one by one"),
    (Plan.make(range(1, 11), Workload.SPIN, StartMethod.FORKSERVER, Order.BY_HAND),
     "spin 1 µs, 2 µs, 3 µs, 4 µs, 5 µs, 6 µs, … (10 workers) · forkserver · by hand"),
    (Plan.make([5], Workload.ALLOCATE, steps="start 1; alive 1"), "allocate 1 × 5 B · fork · start 1; alive 1"),
])  # fmt: skip
def test_titles(plan: Plan, title: str) -> None:
    assert plan.title == title


@pytest.mark.parametrize("workload", Workload)
def test_every_workload_has_its_function_and_words(workload: Workload) -> None:
    function = getattr(workloads, workload.function)
    assert len(inspect.signature(function).parameters) == 2
    assert workload.unit in SizeUnit
    assert workload.summary
    amount = list(inspect.signature(function).parameters)[1]
    assert {"n": SizeUnit.NUMBERS, "size": SizeUnit.BYTES, "microseconds": SizeUnit.MICROSECONDS}[
        amount
    ] is workload.unit


def test_every_preset_is_a_plan() -> None:
    for preset in PRESETS:
        assert Plan.make(preset.sizes, preset.workload, steps=preset.order).order_text == preset.order
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize(
    ("written", "meant", "title"),
    [
        ("local", "local", "sort 2 × 5 · fork · start all, then join all"),
        ("dask", "dask", "sort 2 × 5 · local Dask cluster · start all, then join all"),
        (
            "dask=10.0.0.5:8786",
            "dask=tcp://10.0.0.5:8786",
            "sort 2 × 5 · Dask cluster at tcp://10.0.0.5:8786 · start all, then join all",
        ),
        (
            " dask=tls://[::1]:1 ",
            "dask=tls://[::1]:1",
            "sort 2 × 5 · Dask cluster at tls://[::1]:1 · start all, then join all",
        ),
    ],
)
def test_what_carries_a_plan_out_is_a_part_of_it(written: str, meant: str, title: str) -> None:
    plan = Plan.make([5, 5], engine=written)
    assert (plan.engine, plan.title, plan.on_cluster) == (meant, title, meant != "local")
    assert Plan.from_json(plan.to_json()) == plan


def test_a_plan_of_before_there_were_clusters_is_one_of_this_machine() -> None:
    old = json.loads(Plan.make([5]).to_json())
    del old["engine"]
    assert Plan.from_json(json.dumps(old)) == Plan.make([5])


@pytest.mark.parametrize(
    "engine",
    [
        "ray", "local=tcp://a:1", "dask=", "dask=host", "dask=http://host:1", "dask=tcp://:1", "dask=host:0",
        "dask=host:65536", "dask=host:-1", "dask=host:١",
    ],
)  # fmt: skip
def test_what_is_no_engine_is_refused_in_one_sentence(engine: str) -> None:
    with pytest.raises(PlanError) as raised:
        Plan.make([5], engine=engine)
    assert str(raised.value).count(". ") == 0


def test_a_task_cannot_be_killed() -> None:
    with pytest.raises(PlanError, match="cannot be killed"):
        Plan.make([5], steps="start 1; kill 1", engine="dask")
    assert Plan.make([5], steps="start 1; terminate 1", engine="dask").on_cluster
